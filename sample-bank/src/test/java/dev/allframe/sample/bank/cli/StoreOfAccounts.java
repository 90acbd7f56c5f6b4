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
import picocli.CommandLine;

/** A store on disk with three accounts, 1 with 100 CZK, 2 with nothing, 3 closed, and the bank's commands on it. */
final class StoreOfAccounts {

    private static final LocalDate DAY = LocalDate.of(1993, 5, 1);

    private final Path folder;

    /** Opens the accounts in a folder that is empty. */
    StoreOfAccounts(Path folder) {
        this.folder = folder;
        try (EventStoreBackend backend = AllSourceBackend.production(folder)) {
            EventStore<AccountEvent> accounts = EventStore.of(backend, ACCOUNT, JacksonEventCodec.of(ACCOUNT));
            Opened opened = new Opened("Ann", czk(0), DAY);
            append(accounts, "1", opened, new Deposited(czk(100), Entry.cash(DAY)));
            append(accounts, "2", opened);
            append(accounts, "3", opened, new Closed(DAY));
        }
    }

    private static void append(EventStore<AccountEvent> accounts, String id, AccountEvent... events) {
        accounts.append(id, ExpectedVersion.any(), List.of(events)).toCompletableFuture().join();
    }

    Path folder() {
        return folder;
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

    /** Gives the bank a command. */
    Said bank(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Bank.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--data";
        all[arguments.length + 1] = folder.toString();
        return new Said(line.execute(all), out.toString(), err.toString());
    }
}
