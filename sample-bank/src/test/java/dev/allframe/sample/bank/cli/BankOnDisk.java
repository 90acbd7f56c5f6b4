package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Runs the command line on a store on disk. */
record BankOnDisk(Path store) {

    /** What a command has said. */
    record Said(int exitCode, String out, String err) {

        JsonNode json() {
            try {
                return JsonMapper.builder().build().readTree(out);
            } catch (JsonProcessingException broken) {
                throw new AssertionError("not JSON: " + out, broken);
            }
        }
    }

    Said run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Bank.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--data";
        all[arguments.length + 1] = store.toString();
        return new Said(line.execute(all), out.toString(), err.toString());
    }

    /** Stores what has happened to accounts. */
    void store(Map<String, List<AccountEvent>> accounts) {
        try (EventStoreBackend backend = AllSourceBackend.production(store)) {
            EventStore<AccountEvent> events = EventStore.of(backend, ACCOUNT, JacksonEventCodec.of(ACCOUNT));
            accounts.forEach((id, history) -> events.append(id, ExpectedVersion.any(), history)
                    .toCompletableFuture()
                    .join());
        }
    }
}
