package dev.allframe.sample.bank.cli;

import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.demo.DemoReport;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bank demo}. */
@Command(name = "demo", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = "Makes up a year of a small bank from a seed, runs it through the accounts and reports what became of it.")
final class DemoCommand implements Callable<Integer> {

    private static final int LARGEST = 5;

    @Mixin
    private final DemoOptions demo = new DemoOptions();
    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        try (OpenBank bank = new OpenBank(storage)) {
            DemoReport report = bank.demo(demo.seed(), demo.accounts(), output);
            bank.awaitViews(output);
            if (output.isJson()) {
                output.printJson(json(report));
            } else {
                print(report);
            }
            return report.isGood() ? 0 : Bank.NOT_GOOD;
        }
    }

    private void print(DemoReport report) {
        output.print("A year of a small bank, made up from seed %d", report.seed());
        output.print("  accounts          %,12d", report.accounts().size());
        output.print("  commands          %,12d   in %.1f s, %,d per second", report.tally().commands(),
                report.tally().seconds(), report.tally().commandsPerSecond());
        output.print("    accepted        %,12d", report.tally().accepted());
        output.print("    repeated        %,12d   recognised by their ids, not carried out again",
                report.tally().repeated());
        report.tally().refused().forEach((code, count) -> output.print("    refused         %,12d   %s", count, code));
        report.tally().failed().forEach((code, count) -> output.print("    failed          %,12d   %s", count, code));
        output.print("  events            %,12d   stored", report.events());
        output.print("");
        output.print("  money in          %,16.2f CZK", report.in().amount());
        output.print("  money out         %,16.2f CZK", report.out().amount());
        output.print("  all balances      %,16.2f CZK   %s", report.total().amount(),
                report.addsUp() ? "the sum of the movements" : "NOT THE SUM OF THE MOVEMENTS");
        output.print("  every account stands as its customer expects: %s", report.asExpected() ? "yes" : "NO");
        output.print("");
        output.print("  the largest accounts");
        largest(report).forEach(entry -> output.print("    %s  %-20s %,16.2f CZK", entry.getKey(),
                entry.getValue().owner(), entry.getValue().balance().amount()));
    }

    private static Map<String, Object> json(DemoReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seed", report.seed());
        json.put("accounts", report.accounts().size());
        json.put("commands", report.tally().commands());
        json.put("accepted", report.tally().accepted());
        json.put("repeated", report.tally().repeated());
        json.put("refused", report.tally().refused());
        json.put("failed", report.tally().failed());
        json.put("events", report.events());
        json.put("moneyIn", report.in().amount().toPlainString());
        json.put("moneyOut", report.out().amount().toPlainString());
        json.put("balance", report.total().amount().toPlainString());
        json.put("currency", report.total().currency().getCurrencyCode());
        json.put("addsUp", report.addsUp());
        json.put("asExpected", report.asExpected());
        json.put("seconds", report.tally().seconds());
        json.put("commandsPerSecond", report.tally().commandsPerSecond());
        json.put("largest", largest(report).stream()
                .map(entry -> ShowBalances.json(entry.getKey(), entry.getValue()))
                .toList());
        return json;
    }

    private static List<Map.Entry<String, Account>> largest(DemoReport report) {
        return report.accounts()
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByValue(Comparator.comparing(Account::balance).reversed()))
                .limit(LARGEST)
                .toList();
    }
}
