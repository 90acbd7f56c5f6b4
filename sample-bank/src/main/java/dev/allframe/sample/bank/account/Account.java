package dev.allframe.sample.bank.account;

import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import java.util.Currency;
import java.util.HashMap;
import java.util.Map;

/**
 * An account as it stands.
 *
 * @param owner whose it is; empty before it is opened
 * @param balance what is on it
 * @param overdraft how far below zero the owner may go
 * @param orders the standing orders by id
 * @param reserved what is set aside for transfers, by their ids
 * @param closed whether it does nothing any more
 */
@Stored(value = "state", version = 2)
public record Account(String owner, Money balance, Money overdraft, Map<String, StandingOrder> orders,
        @Since(version = 2) Map<String, Money> reserved,
        @Since(version = 2, defaultValue = "false") boolean closed) {

    /** An account that is not opened. */
    public static final Account NONE = new Account("", Money.czk(0), Money.czk(0), Map.of(), Map.of(), false);

    public Account {
        orders = Map.copyOf(orders);
        reserved = Map.copyOf(reserved);
    }

    static Account opened(String owner, Money overdraft) {
        return new Account(owner, Money.zero(overdraft.currency()), overdraft, Map.of(), Map.of(), false);
    }

    public boolean isOpen() {
        return !owner.isEmpty() && !closed;
    }

    /** The account's one currency. */
    public Currency currency() {
        return balance.currency();
    }

    /** What the owner can take out: without what is set aside for transfers. */
    public Money available() {
        return reserved.values().stream().reduce(balance.plus(overdraft), Money::minus);
    }

    boolean covers(Money amount) {
        return amount.compareTo(available()) <= 0;
    }

    boolean isEmpty() {
        return reserved.isEmpty() && balance.equals(Money.zero(currency()));
    }

    Account with(Money newBalance) {
        return new Account(owner, newBalance, overdraft, orders, reserved, closed);
    }

    Account withOverdraft(Money limit) {
        return new Account(owner, balance, limit, orders, reserved, closed);
    }

    Account withOrder(String id, StandingOrder order) {
        return withOrders(with(orders, id, order));
    }

    Account withoutOrder(String id) {
        return withOrders(without(orders, id));
    }

    private Account withOrders(Map<String, StandingOrder> changed) {
        return new Account(owner, balance, overdraft, changed, reserved, closed);
    }

    Account reserving(String transfer, Money amount) {
        return withReserved(with(reserved, transfer, amount));
    }

    Account releasing(String transfer) {
        return withReserved(without(reserved, transfer));
    }

    private Account withReserved(Map<String, Money> changed) {
        return new Account(owner, balance, overdraft, orders, changed, closed);
    }

    Account closing() {
        return new Account(owner, balance, overdraft, orders, reserved, true);
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
