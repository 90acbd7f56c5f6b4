package dev.allframe.benchmarks.bareaccount;

import dev.allframe.benchmarks.bareaccount.AccountEvent.Closed;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Confirmed;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Deposited;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Opened;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OrderCancelled;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OrderPlaced;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OverdraftChanged;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Released;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Reserved;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.account.StandingOrder;
import java.util.Currency;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An account as it stands; without an owner it is not opened. A snapshot of before there were transfers has nothing set
 * aside.
 */
record Account(String owner, Money balance, Money overdraft, Map<String, StandingOrder> orders,
        @Nullable Map<String, Money> reserved, boolean closed) {

    static final Account NONE = new Account("", Money.czk(0), Money.czk(0), Map.of(), Map.of(), false);

    Account {
        orders = Map.copyOf(orders);
        reserved = reserved == null ? Map.of() : Map.copyOf(reserved);
    }

    boolean open() {
        return !owner.isEmpty() && !closed;
    }

    Currency currency() {
        return balance.currency();
    }

    Map<String, Money> setAside() {
        return Objects.requireNonNull(reserved);
    }

    Money available() {
        return setAside().values().stream().reduce(balance.plus(overdraft), Money::minus);
    }

    boolean covers(Money amount) {
        return amount.compareTo(available()) <= 0;
    }

    boolean isEmpty() {
        return setAside().isEmpty() && balance.equals(Money.zero(currency()));
    }

    Account after(AccountEvent event) {
        return switch (event) {
            case Opened(var holder, var limit, var on) ->
                new Account(holder, Money.zero(limit.currency()), limit, Map.of(), Map.of(), false);
            case Deposited(var amount, var entry, var channel) -> with(balance.plus(amount));
            case Withdrawn(var amount, var entry) -> with(balance.minus(amount));
            case OverdraftChanged(var limit) -> new Account(owner, balance, limit, orders, reserved, closed);
            case OrderPlaced(var id, var order) -> withOrders(with(orders, id, order));
            case OrderCancelled(var id) -> withOrders(without(orders, id));
            case Reserved(var id, var amount) -> withReserved(with(setAside(), id, amount));
            case Released(var id) -> withReserved(without(setAside(), id));
            case Confirmed(var id, var amount, var entry) ->
                withReserved(without(setAside(), id)).with(balance.minus(amount));
            case Closed(var on) -> new Account(owner, balance, overdraft, orders, reserved, true);
        };
    }

    private Account with(Money newBalance) {
        return new Account(owner, newBalance, overdraft, orders, reserved, closed);
    }

    private Account withOrders(Map<String, StandingOrder> changed) {
        return new Account(owner, balance, overdraft, changed, reserved, closed);
    }

    private Account withReserved(Map<String, Money> changed) {
        return new Account(owner, balance, overdraft, orders, changed, closed);
    }

    private static <V> Map<String, V> with(Map<String, V> map, String key, V value) {
        Map<String, V> more = new HashMap<>(map);
        more.put(key, value);
        return more;
    }

    private static <V> Map<String, V> without(Map<String, V> map, String key) {
        Map<String, V> less = new HashMap<>(map);
        less.remove(key);
        return less;
    }
}
