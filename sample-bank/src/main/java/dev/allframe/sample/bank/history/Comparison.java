package dev.allframe.sample.bank.history;

import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Closed;
import dev.allframe.sample.bank.account.AccountEvent.Confirmed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderCancelled;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.AccountEvent.OverdraftChanged;
import dev.allframe.sample.bank.account.AccountEvent.Released;
import dev.allframe.sample.bank.account.AccountEvent.Reserved;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.ledger.Ledger.Line;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds what is stored of each account against the bank's own balances. */
final class Comparison {

    private int accounts;
    private int orders;
    private int transactions;
    private long events;
    private int accountsChecked;
    private int mismatches;
    private int missing;
    private int doubled;
    private Money maxDifference = Money.zero(Money.CZK);
    private final List<String> problems = new ArrayList<>();

    /**
     * Adds an account.
     *
     * @param book the bank's transactions by number
     * @param checked whether the balances are compared, and not only the transactions found
     */
    void add(String account, List<Line> statement, Map<String, Transaction> book, boolean checked) {
        Set<String> found = new HashSet<>();
        List<String> again = new ArrayList<>();
        Money difference = Money.zero(Money.CZK);
        for (Line line : statement) {
            events++;
            String reference = count(line.recorded().event());
            Transaction row = reference == null ? null : book.get(reference);
            if (row != null) {
                if (!found.add(row.id())) {
                    again.add(row.id());
                }
                Money before = difference;
                difference = line.after().balance().minus(row.balance());
                if (checked && !DayOrder.near(before, difference)) {
                    mismatches++;
                    problems.add("account " + account + ": after transaction " + row.id() + " of " + row.date()
                            + " the balance is " + line.after().balance() + ", the bank's own is " + row.balance());
                }
                if (checked && difference.abs().compareTo(maxDifference) > 0) {
                    maxDifference = difference.abs();
                }
            }
        }
        if (checked && !book.isEmpty() && found.size() == book.size()) {
            accountsChecked++;
        }
        if (!again.isEmpty()) {
            doubled += again.size();
            problems.add("account " + account + ": " + again.size() + " movements are in the store again, the first is "
                    + "transaction " + again.getFirst());
        }
        if (found.size() != book.size()) {
            missing += book.size() - found.size();
            problems.add("account " + account + ": " + (book.size() - found.size()) + " of its " + book.size()
                    + " transactions are not in the store");
        }
    }

    /** Counts an event; the bank's number if it is a movement. */
    private @Nullable String count(AccountEvent event) {
        return switch (event) {
            case Opened opened -> {
                accounts++;
                yield null;
            }
            case OrderPlaced placed -> {
                orders++;
                yield null;
            }
            case OverdraftChanged changed -> null;
            case OrderCancelled cancelled -> null;
            case Reserved reserved -> null;
            case Released released -> null;
            case Confirmed confirmed -> null;
            case Closed closed -> null;
            case Deposited(var amount, var entry, var channel) -> {
                transactions++;
                yield entry.reference();
            }
            case Withdrawn(var amount, var entry) -> {
                transactions++;
                yield entry.reference();
            }
        };
    }

    int accounts() {
        return accounts;
    }

    int orders() {
        return orders;
    }

    int transactions() {
        return transactions;
    }

    long events() {
        return events;
    }

    int accountsChecked() {
        return accountsChecked;
    }

    int mismatches() {
        return mismatches;
    }

    int missing() {
        return missing;
    }

    int doubled() {
        return doubled;
    }

    Money maxDifference() {
        return maxDifference;
    }

    List<String> problems() {
        return problems;
    }
}
