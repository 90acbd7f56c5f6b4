package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.command.CommandBus;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.demo.DemoReport;
import dev.allframe.sample.bank.demo.DemoRun;
import dev.allframe.sample.bank.history.HistoryImport;
import dev.allframe.sample.bank.history.ImportReport;
import dev.allframe.sample.bank.ledger.Ledger;
import java.nio.file.Path;
import java.util.List;

/** The running bank, from the start of its actors to their end. */
final class OpenBank implements AutoCloseable {

    private final AllFrame allFrame = AllFrame.standalone("bank").aggregate(ACCOUNT).start();

    CommandBus commands() {
        return allFrame.commands();
    }

    Ledger ledger() {
        return new Ledger(allFrame.eventStore(ACCOUNT));
    }

    /** Imports the history that the folders hold. */
    ImportReport importHistory(List<Path> folders, boolean strict, Output output) {
        HistoryImport history = HistoryImport.read(folders, strict);
        try (Progress progress = output.progress("importing", history.commands())) {
            return history.run(commands(), ledger(), progress::step);
        }
    }

    /** Lives through the made-up year. */
    DemoReport demo(long seed, int accounts, Output output) {
        DemoRun demo = new DemoRun(seed, accounts);
        try (Progress progress = output.progress("a year", demo.commands())) {
            return demo.run(commands(), ledger(), progress::step);
        }
    }

    @Override
    public void close() {
        allFrame.close();
    }
}
