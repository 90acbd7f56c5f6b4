package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.demo.DemoReport;
import dev.allframe.sample.bank.demo.DemoRun;
import dev.allframe.sample.bank.history.HistoryImport;
import dev.allframe.sample.bank.history.ImportReport;
import dev.allframe.sample.bank.history.InputException;
import dev.allframe.sample.bank.ledger.Ledger;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The running bank. Its actors start when they are first needed, so that wrong input is told at once, and end when it
 * is closed.
 */
final class OpenBank implements AutoCloseable {

    private final Storage storage;
    private final boolean durable;
    private @Nullable AllFrame started;

    /**
     * A bank on the chosen storage.
     *
     * @throws InputException if there is no such storage
     */
    OpenBank(Storage storage) {
        this.storage = storage;
        this.durable = storage.isDurable();
    }

    private AllFrame running() {
        if (started == null) {
            LoggerFactory.getILoggerFactory(); // ready before many threads log, or SLF4J prints a note about it
            started = AllFrame.standalone("bank", storage.config()).aggregate(ACCOUNT).start();
        }
        return started;
    }

    Ledger ledger() {
        return new Ledger(running().eventStore(ACCOUNT));
    }

    /** Imports the history that the folders hold. */
    ImportReport importHistory(List<Path> folders, boolean strict, Output output) {
        HistoryImport history = HistoryImport.read(folders, strict);
        try (Progress progress = output.progress("importing", history.commands())) {
            return history.run(running().commands(), ledger(), progress::step);
        }
    }

    /** Lives through the made-up year. */
    DemoReport demo(long seed, int accounts, Output output) {
        DemoRun demo = new DemoRun(seed, accounts);
        if (durable && !ledger().statement(DemoRun.FIRST_ACCOUNT).isEmpty()) {
            throw new InputException("a year of the demo is stored there already: 'bank balances' shows it; choose"
                    + " another --data, or --backend memory");
        }
        try (Progress progress = output.progress("a year", demo.commands())) {
            return demo.run(running().commands(), ledger(), progress::step);
        }
    }

    @Override
    public void close() {
        if (started != null) {
            started.close();
        }
    }
}
