package dev.allframe.sample.bank.demo;

import dev.allframe.sample.bank.account.Account;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The year 2025 of a bank that is made up from a seed: the same seed makes the same commands in the same order, and a
 * customer does the same in a larger bank.
 */
final class DemoYear {

    private static final LocalDate FIRST_DAY = LocalDate.of(2025, 1, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(2025, 12, 31);

    private final List<Customer> customers = new ArrayList<>();

    DemoYear(long seed, int accounts, Customer.Sink sink) {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 1; i <= accounts; i++) {
            customers.add(new Customer(id(i), seeds.split(), sink));
        }
    }

    /** The id of a customer's account. */
    static String id(int customer) {
        return String.format(Locale.ROOT, "acc-%04d", customer);
    }

    /** A year with one customer alone, who does the same in a larger bank. */
    DemoYear(long seed, int customer, Customer.Sink sink, String id) {
        SplittableRandom seeds = new SplittableRandom(seed);
        SplittableRandom own = seeds.split();
        for (int i = 1; i < customer; i++) {
            own = seeds.split();
        }
        customers.add(new Customer(id, own, sink));
    }

    /** Lets everybody live through the year, day by day; used once. */
    void pass() {
        customers.forEach(customer -> customer.join(FIRST_DAY));
        FIRST_DAY.datesUntil(LAST_DAY.plusDays(1)).forEach(day -> customers.forEach(customer -> customer.live(day)));
    }

    /** How every account must stand after it. */
    Map<String, Account> expected() {
        Map<String, Account> expected = new LinkedHashMap<>();
        customers.forEach(customer -> expected.put(customer.id(), customer.account()));
        return expected;
    }
}
