package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.views.Customers.CUSTOMERS;

import dev.allframe.sample.bank.history.InputException;
import dev.allframe.sample.bank.views.Customers;
import dev.allframe.sample.bank.views.Customers.Customer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bank customers}. */
@Command(name = "customers", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = "Shows what customers have on all their accounts, those with the most first.")
final class ShowCustomers implements Callable<Integer> {

    @Option(names = "--top", paramLabel = "N", description = "Only the N with the most.")
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
            List<Customer> all = bank.view(CUSTOMERS, output).read(Customers::all);
            List<Customer> shown = all.stream()
                    .sorted(Comparator.comparing(Customer::total).reversed())
                    .limit(top == null ? all.size() : top)
                    .toList();
            if (output.isJson()) {
                output.printJson(Map.of("customers", shown.stream().map(ShowCustomers::json).toList()));
            } else {
                shown.forEach(customer -> output.print("%-28s %4d %s %,16.2f %s", customer.owner(), customer.accounts(),
                        customer.accounts() == 1 ? "account " : "accounts", customer.total().amount(),
                        customer.total().currency()));
                output.print("all %,d customers", all.size());
            }
            return filled.good() ? 0 : Bank.NOT_GOOD;
        }
    }

    private static Map<String, Object> json(Customer customer) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("owner", customer.owner());
        json.put("accounts", customer.accounts());
        json.put("total", customer.total().amount().toPlainString());
        json.put("currency", customer.total().currency().getCurrencyCode());
        return json;
    }
}
