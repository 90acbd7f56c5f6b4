package dev.allframe.sample.bank.account;

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
 */
@Stored("state")
public record Account(String owner, Money balance, Money overdraft, Map<String, StandingOrder> orders) {

    /** An account that is not opened. */
    public static final Account NONE = new Account("", Money.czk(0), Money.czk(0), Map.of());

    public Account {
        orders = Map.copyOf(orders);
    }

    static Account opened(String owner, Money overdraft) {
        return new Account(owner, Money.zero(overdraft.currency()), overdraft, Map.of());
    }

    public boolean isOpen() {
        return !owner.isEmpty();
    }

    /** The account's one currency. */
    public Currency currency() {
        return balance.currency();
    }

    /** What the owner can take out. */
    public Money available() {
        return balance.plus(overdraft);
    }

    boolean covers(Money amount) {
        return amount.compareTo(available()) <= 0;
    }

    Account with(Money newBalance) {
        return new Account(owner, newBalance, overdraft, orders);
    }

    Account withOverdraft(Money limit) {
        return new Account(owner, balance, limit, orders);
    }

    Account withOrder(String id, StandingOrder order) {
        Map<String, StandingOrder> more = new HashMap<>(orders);
        more.put(id, order);
        return new Account(owner, balance, overdraft, more);
    }
}
