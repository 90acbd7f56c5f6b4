package dev.allframe.sample.bank.cli;

import dev.allframe.sample.bank.history.ImportReport;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the accounts come from that a command reads back: memory keeps nothing from one run to the next. */
final class Source {

    @Option(names = "--berka", paramLabel = "DIR", description = "A folder to import first; may be given several times. Without it the accounts are those of 'bank demo'.")
    private List<Path> folders = List.of();

    @Mixin
    private final DemoOptions demo = new DemoOptions();

    /** Fills the bank; whether everything went well. */
    boolean fill(OpenBank bank, Output output) {
        if (folders.isEmpty()) {
            return bank.demo(demo.seed(), demo.accounts(), output).isGood();
        }
        ImportReport report = bank.importHistory(folders, false, output);
        ImportCommand.warnings(report, output);
        return report.isGood();
    }
}
