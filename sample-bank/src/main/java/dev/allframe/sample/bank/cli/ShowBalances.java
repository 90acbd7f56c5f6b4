package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.views.Balances.BALANCES;

import dev.allframe.projection.PastView;
import dev.allframe.projection.Range;
import dev.allframe.projection.Rows;
import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.history.InputException;
import dev.allframe.sample.bank.views.AllRows;
import dev.allframe.sample.bank.views.Balances.AccountRow;
import dev.allframe.sample.bank.views.Booked;
import dev.allframe.sample.bank.views.Booked.BookedRow;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bank balances}. */
@Command(name = "balances", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = "Shows what is on the accounts, the largest first.")
final class ShowBalances implements Callable<Integer> {

    @Option(names = "--top", paramLabel = "N", description = "Only the N largest.")
    private @Nullable Integer top;

    @Option(names = "--at", paramLabel = "DAY", description = "By what was booked until the end of a day, such as 1993-06-30, whenever it was stored.")
    private @Nullable LocalDate day;

    @Mixin
    private final Source source = new Source();
    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        if (top != null && top < 1) {
            throw new InputException("--top must be 1 or more, not " + top);
        }
        try (OpenBank bank = new OpenBank(storage)) {
            Source.Filled filled = source.fill(bank, storage, output);
            List<Rows.Entry<String, AccountRow>> accounts = new ArrayList<>(
                    day == null
                            ? bank.view(BALANCES, output).read(rows -> AllRows.list(rows, Range.all()))
                            : at(bank, day));
            Money total = accounts.stream().map(entry -> entry.row().balance()).reduce(Money.czk(0), Money::plus);
            accounts.sort(Comparator.comparing((Rows.Entry<String, AccountRow> entry) -> entry.row().balance())
                    .reversed()); // those that are equal stay in the order of their ids
            List<Rows.Entry<String, AccountRow>> largest = accounts.subList(0,
                    top == null ? accounts.size() : Math.min(top, accounts.size()));
            if (output.isJson()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("accounts", accounts.size());
                json.put("total", total.amount().toPlainString());
                json.put("currency", total.currency().getCurrencyCode());
                json.put("balances", largest.stream()
                        .map(entry -> json(entry.key(), entry.row().owner(), entry.row().balance()))
                        .toList());
                json.putAll(filled.remarks());
                output.printJson(json);
            } else {
                largest.forEach(
                        entry -> output.print("%-10s %-28s %,16.2f %s", entry.key(), entry.row().owner(),
                                entry.row().balance().amount(), entry.row().balance().currency()));
                output.print("%-39s %,16.2f %s", String.format(Locale.ROOT, "all %,d accounts", accounts.size()),
                        total.amount(),
                        total.currency());
            }
            return filled.good() ? 0 : Bank.NOT_GOOD;
        }
    }

    private List<Rows.Entry<String, AccountRow>> at(OpenBank bank, LocalDate until) {
        try (PastView<String, BookedRow> past = bank.folded(Booked.until(until), output)) {
            return Booked.accounts(past);
        }
    }

    /** The parts that every command tells of an account. */
    static Map<String, Object> json(String id, Account account) {
        return json(id, account.owner(), account.balance());
    }

    private static Map<String, Object> json(String id, String owner, Money balance) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("account", id);
        json.put("owner", owner);
        json.put("balance", balance.amount().toPlainString());
        json.put("currency", balance.currency().getCurrencyCode());
        return json;
    }
}
