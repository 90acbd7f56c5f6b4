package dev.allframe.sample.bank.cli;

import dev.allframe.sample.bank.history.BadLine;
import dev.allframe.sample.bank.history.ImportReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bank import}. */
@Command(name = "import", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = {
        "Imports history of a real bank and compares every balance with the bank's own.", "",
        "A folder holds account.asc, order.asc where there is one, and transactions in trans*.asc and trans*.csv files, as published for the PKDD'99 challenge (\"Berka\"), with Czech codes or English ones. NaN, null and ? are empty fields."})
final class ImportCommand implements Callable<Integer> {

    @Option(names = "--berka", required = true, paramLabel = "DIR", description = "A folder of the data set; may be given several times. What was imported before is recognised and not stored again; a row that was imported with other contents is a conflict, which is told with its line, and what is stored stays.")
    private List<Path> folders = List.of();

    @Option(names = "--strict", description = "Stop at the first malformed line, before anything is imported; without it such lines are reported, skipped and counted, which alone does not change the exit code.")
    private boolean strict;

    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        try (OpenBank bank = new OpenBank(storage)) {
            ImportReport report = bank.importHistory(folders, strict, output);
            warnings(report, output);
            bank.awaitViews(output);
            if (output.isJson()) {
                output.printJson(json(report));
            } else {
                print(report);
            }
            return report.isGood() ? 0 : Bank.NOT_GOOD;
        }
    }

    private void print(ImportReport report) {
        output.print("Stored");
        output.print("  accounts          %,10d", report.accounts());
        output.print("  standing orders   %,10d", report.orders());
        output.print("  transactions      %,10d", report.transactions());
        output.print("  events            %,10d   in %.1f s, %,d per second", report.events(), report.tally().seconds(),
                report.tally().eventsPerSecond());
        output.print("  repeated          %,10d   recognised by their ids, not stored again",
                report.tally().repeated());
        output.print("  rejected          %,10d", report.tally().rejected());
        output.print("  skipped lines     %,10d", report.badLines().size());
        output.print("Compared with the bank's own balances, row by row");
        output.print("  accounts          %,10d", report.accountsChecked());
        output.print("  not comparable    %,10d   begin in the middle of their life", report.accountsNotChecked());
        output.print("  largest difference %9.2f CZK", report.maxDifference().amount());
        output.print("  mismatches        %,10d   rows that rounding does not explain", report.mismatches());
        output.print("  missing           %,10d   transactions of the files that are not stored", report.missing());
        output.print("  doubled           %,10d   movements that are stored twice", report.doubled());
    }

    /** What people should know beside the figures. */
    static void warnings(ImportReport report, Output output) {
        output.warn(report.badLines().stream().map(line -> "skipped " + line).toList());
        output.warn(report.tally().problems().stream().map(problem -> "rejected " + problem).toList());
        output.warn(report.remarks());
        output.warn(report.problems());
    }

    /** The same for machines, with every sentence. */
    static Map<String, Object> remarks(ImportReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("skippedLines", report.badLines().size());
        json.put("badLines", report.badLines().stream().map(BadLine::toString).toList());
        json.put("rejections", report.tally().problems());
        json.put("remarks", report.remarks());
        json.put("problems", report.problems());
        return json;
    }

    private static Map<String, Object> json(ImportReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("accounts", report.accounts());
        json.put("orders", report.orders());
        json.put("transactions", report.transactions());
        json.put("events", report.events());
        json.put("repeated", report.tally().repeated());
        json.put("rejected", report.tally().rejected());
        json.put("conflicts", report.tally().conflicts());
        json.put("accountsChecked", report.accountsChecked());
        json.put("accountsNotChecked", report.accountsNotChecked());
        json.put("maxDifference", report.maxDifference().amount());
        json.put("mismatches", report.mismatches());
        json.put("missing", report.missing());
        json.put("doubled", report.doubled());
        json.put("seconds", report.tally().seconds());
        json.put("eventsPerSecond", report.tally().eventsPerSecond());
        json.putAll(remarks(report));
        return json;
    }
}
