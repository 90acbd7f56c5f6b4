package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Closed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Runs the command line on a store on disk. */
record BankOnDisk(Path store) {

    private static final LocalDate DAY = LocalDate.of(1993, 5, 1);

    /** A store with three accounts: 1 with 100 CZK, 2 with nothing, 3 closed. */
    static BankOnDisk withThreeAccounts(Path store) {
        BankOnDisk bank = new BankOnDisk(store);
        Opened opened = new Opened("Ann", czk(0), DAY);
        bank.store(Map.of("1", List.of(opened, new Deposited(czk(100), Entry.cash(DAY))), "2", List.of(opened), "3",
                List.of(opened, new Closed(DAY))));
        return bank;
    }

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
