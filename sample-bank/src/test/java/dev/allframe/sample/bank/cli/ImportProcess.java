package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import com.typesafe.config.ConfigFactory;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.history.HistoryImport;
import dev.allframe.sample.bank.ledger.Ledger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Imports into a store on disk, as {@code bank import} does, and says a word for each answered command, so that it can
 * be killed in the middle.
 */
final class ImportProcess {

    private ImportProcess() {}

    /** Arguments: the folder of the data, that of the store. */
    public static void main(String[] arguments) {
        Map<String, String> durable = Map.of("allframe.storage", "allsource", "allsource.dir", arguments[1]);
        try (AllFrame bank = AllFrame
                .standalone("bank", ConfigFactory.parseMap(durable).withFallback(ConfigFactory.load()))
                .aggregate(ACCOUNT)
                .start()) {
            HistoryImport.read(List.of(Path.of(arguments[0])), true)
                    .run(bank.commands(), new Ledger(bank.eventStore(ACCOUNT)), () -> System.out.println("answered"));
        }
    }
}
