package dev.allframe.sample.bank.cli;

import dev.allframe.sample.bank.history.ImportReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What is done before accounts are read back. Memory keeps nothing from one run to the next, and so is filled first.
 */
final class Source {

    @Option(names = "--berka", paramLabel = "DIR", description = "A folder to import first; may be given several times. Without it, what is stored is shown; in memory, the accounts of 'bank demo'.")
    private List<Path> folders = List.of();

    @Mixin
    private final DemoOptions demo = new DemoOptions();

    /**
     * What there is to say about how a bank was filled, which is said on standard error already.
     *
     * @param good whether everything went well
     * @param remarks the same for machines; empty where nothing was imported
     */
    record Filled(boolean good, Map<String, Object> remarks) {}

    /** Fills the bank. */
    Filled fill(OpenBank bank, Storage storage, Output output) {
        return fill(bank, storage, output, "");
    }

    /**
     * Fills the bank, for the sake of one account: what there is to say about it is said before what concerns others.
     */
    Filled fill(OpenBank bank, Storage storage, Output output, String account) {
        if (folders.isEmpty() && storage.isDurable()) {
            storage.checkThere();
            return new Filled(true, Map.of());
        }
        if (folders.isEmpty()) {
            boolean good = bank.demo(demo.seed(), demo.accounts(), output).isGood();
            output.warn(good ? List.of() : List.of("the made-up year did not go as it should: see 'bank demo'"));
            return new Filled(good, Map.of());
        }
        ImportReport report = bank.importHistory(folders, false, output).withFirst(account);
        ImportCommand.warnings(report, output);
        return new Filled(report.isGood(), ImportCommand.remarks(report));
    }
}
