package dev.allframe.sample.bank.cli;

import dev.allframe.sample.bank.history.InputException;
import dev.allframe.sample.bank.orders.OrderReport;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bank orders run}. */
@Command(name = "run", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = {
        "Pays the standing orders of all accounts for one month, booked on its first day, and waits until each has ended"
                + " or waits for money.",
        "An order whose account has not enough money is tried again on each of three days, counted from today, when a"
                + " command of the bank runs. A month is paid once, however often the command runs. In the current"
                + " month, each order that is paid goes on by itself in the next one.",
        "Ends with 0 only if all orders are paid, else with 1."})
final class RunOrders implements Callable<Integer> {

    @Option(names = "--month", required = true, paramLabel = "MONTH", description = "The month to pay, such as 1993-05: the current one (UTC), or an earlier one.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private YearMonth month;

    @Option(names = "--wait", defaultValue = "30", paramLabel = "SECONDS", description = "How long to wait for an order (default: ${DEFAULT-VALUE}).")
    private int wait = 30;

    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        YearMonth current = YearMonth.now(ZoneOffset.UTC);
        if (month.isAfter(current)) {
            throw new InputException("--month must be " + current + " or earlier, not " + month
                    + ": orders are not paid in advance");
        }
        if (wait < 1) {
            throw new InputException("--wait must be 1 or more, not " + wait);
        }
        storage.checkKeepsAccounts();
        try (OpenBank bank = new OpenBank(storage)) {
            OrderReport report = bank.payOrders(month, month.equals(current), Duration.ofSeconds(wait), output);
            output.warn(report.problems());
            if (output.isJson()) {
                output.printJson(json(report));
            } else {
                print(report);
            }
            return report.isGood() ? 0 : Bank.NOT_GOOD;
        }
    }

    private void print(OrderReport report) {
        output.print("Standing orders of %s, in %.1f s", report.month(), report.seconds());
        output.print("  orders   %,8d", report.orders());
        output.print("  paid     %,8d", report.paid());
        output.print("  waiting  %,8d   for money: tried again on each of three days, when a command of the bank runs",
                report.waiting());
        output.print("  unpaid   %,8d   for want of money on all of these days", report.unpaid());
        output.print("  failed   %,8d   for other reasons", report.failed());
        output.print("  running  %,8d   that go on with the next command of the bank", report.running());
    }

    private static Map<String, Object> json(OrderReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("month", report.month().toString());
        json.put("orders", report.orders());
        json.put("paid", report.paid());
        json.put("waiting", report.waiting());
        json.put("unpaid", report.unpaid());
        json.put("failed", report.failed());
        json.put("running", report.running());
        json.put("problems", report.problems());
        json.put("seconds", report.seconds());
        return json;
    }
}
