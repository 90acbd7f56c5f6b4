package dev.allframe.sample.bank.history;

import dev.allframe.sample.bank.account.Money;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one account in the order in which they happened.
 *
 * @param transactions all of them, day by day
 * @param continues whether the first one begins where the account stood, which is at zero for one that is new: only
 *         then can its balances be checked
 * @param remarks what could not be found out, in sentences
 */
record AccountHistory(List<Transaction> transactions, boolean continues, List<String> remarks) {

    /**
     * Puts transactions in order.
     *
     * @param rows the transactions of one account in file order, at least one
     * @param start where the account stood before the first of them
     */
    static AccountHistory of(List<Transaction> rows, Money start) {
        List<List<Transaction>> days = List.copyOf(rows.stream()
                .collect(Collectors.groupingBy(Transaction::date, TreeMap<LocalDate, List<Transaction>>::new,
                        Collectors.toList()))
                .values());
        List<Transaction> ordered = new ArrayList<>(rows.size());
        List<String> remarks = new ArrayList<>();
        @Nullable Money balance = start;
        for (int i = 0; i < days.size(); i++) {
            List<Transaction> day = days.get(i);
            List<Transaction> next = i + 1 < days.size() ? days.get(i + 1) : List.of();
            Optional<List<Transaction>> found = find(day, balance, next);
            if (found.isEmpty() && balance != null) {
                found = find(day, null, next);
                if (found.isPresent()) {
                    remarks.add(gap(found.get().getFirst(), balance, i == 0));
                }
            }
            if (found.isEmpty()) {
                remarks.add("no order of its " + day.size() + " transactions on " + day.getFirst().date()
                        + " was found that reproduces the bank's balances; they are kept in file order");
            }
            ordered.addAll(found.orElse(day));
            balance = found.map(order -> order.getLast().balance()).orElse(null);
        }
        return new AccountHistory(ordered, DayOrder.near(ordered.getFirst().before(), start), remarks);
    }

    private static String gap(Transaction first, Money start, boolean firstDay) {
        return (firstDay
                ? "begins in the middle of its life, its balances are not checked"
                : "transactions are missing")
                + ": before transaction " + first.id() + " of " + first.date() + " it had " + first.before()
                + " by the bank's own balance, and not " + start;
    }

    /**
     * With an end that leads to the next day, if there is one: where amounts are rounded, several orders may do for the
     * day alone.
     */
    private static Optional<List<Transaction>> find(List<Transaction> day, @Nullable Money start,
            List<Transaction> next) {
        return DayOrder.find(day, start, next).or(() -> DayOrder.find(day, start, List.of()));
    }
}
