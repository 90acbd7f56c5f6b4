package dev.allframe.sample.bank.cli;

import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.history.InputException;
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
            Map<String, Account> accounts = bank.ledger().accounts();
            Money total = accounts.values().stream().map(Account::balance).reduce(Money.czk(0), Money::plus);
            List<Map.Entry<String, Account>> largest = accounts.entrySet()
                    .stream()
                    .sorted(Map.Entry.comparingByValue(Comparator.comparing(Account::balance).reversed()))
                    .limit(top == null ? accounts.size() : top)
                    .toList();
            if (output.isJson()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("accounts", accounts.size());
                json.put("total", total.amount().toPlainString());
                json.put("currency", total.currency().getCurrencyCode());
                json.put("balances", largest.stream().map(entry -> json(entry.getKey(), entry.getValue())).toList());
                json.putAll(filled.remarks());
                output.printJson(json);
            } else {
                largest.forEach(
                        entry -> output.print("%-10s %-28s %,16.2f %s", entry.getKey(), entry.getValue().owner(),
                                entry.getValue().balance().amount(), entry.getValue().currency()));
                output.print("%-39s %,16.2f %s", String.format(Locale.ROOT, "all %,d accounts", accounts.size()),
                        total.amount(),
                        total.currency());
            }
            return filled.good() ? 0 : Bank.NOT_GOOD;
        }
    }

    /** The parts that every command tells of an account. */
    static Map<String, Object> json(String id, Account account) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("account", id);
        json.put("owner", account.owner());
        json.put("balance", account.balance().amount().toPlainString());
        json.put("currency", account.currency().getCurrencyCode());
        return json;
    }
}
