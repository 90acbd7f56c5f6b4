package dev.allframe.benchmarks.bareaccount;

import dev.allframe.benchmarks.bareaccount.AccountEvent.Deposited;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Opened;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OrderPlaced;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OverdraftChanged;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.account.StandingOrder;
import java.util.Currency;
import java.util.HashMap;
import java.util.Map;

/** An account as it stands; without an owner it is not opened. */
record Account(String owner, Money balance, Money overdraft, Map<String, StandingOrder> orders) {

    static final Account NONE = new Account("", Money.czk(0), Money.czk(0), Map.of());

    Account {
        orders = Map.copyOf(orders);
    }

    boolean open() {
        return !owner.isEmpty();
    }

    Currency currency() {
        return balance.currency();
    }

    Money available() {
        return balance.plus(overdraft);
    }

    boolean covers(Money amount) {
        return amount.compareTo(available()) <= 0;
    }

    Account after(AccountEvent event) {
        return switch (event) {
            case Opened(var holder, var limit, var on) ->
                new Account(holder, Money.zero(limit.currency()), limit, Map.of());
            case Deposited(var amount, var entry, var channel) -> with(balance.plus(amount));
            case Withdrawn(var amount, var entry) -> with(balance.minus(amount));
            case OverdraftChanged(var limit) -> new Account(owner, balance, limit, orders);
            case OrderPlaced(var id, var order) -> withOrder(id, order);
        };
    }

    private Account with(Money newBalance) {
        return new Account(owner, newBalance, overdraft, orders);
    }

    private Account withOrder(String id, StandingOrder order) {
        Map<String, StandingOrder> more = new HashMap<>(orders);
        more.put(id, order);
        return new Account(owner, balance, overdraft, more);
    }
}
