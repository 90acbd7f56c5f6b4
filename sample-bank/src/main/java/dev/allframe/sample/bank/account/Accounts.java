package dev.allframe.sample.bank.account;

import static dev.allframe.aggregate.Decision.noChange;
import static dev.allframe.aggregate.Decision.persist;
import static dev.allframe.aggregate.Decision.refuse;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Decision;
import dev.allframe.sample.bank.account.AccountCommand.Book;
import dev.allframe.sample.bank.account.AccountCommand.ChangeOverdraft;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.ExecuteOrder;
import dev.allframe.sample.bank.account.AccountCommand.OfMoney;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.PlaceOrder;
import dev.allframe.sample.bank.account.AccountCommand.Withdraw;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.AccountEvent.OverdraftChanged;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import java.util.Map;
import java.util.Set;

/** The rules of an account. */
public final class Accounts implements Aggregate<AccountCommand, AccountEvent, Account> {

    /** The account as a kind of aggregate: stored as {@code account}. */
    public static final AggregateType<AccountCommand, AccountEvent, Account> ACCOUNT = AggregateType
            .named("account", AccountCommand.class, AccountEvent.class, Account.class, new Accounts());

    @Override
    public Account initialState() {
        return Account.NONE;
    }

    @Override
    public Decision<AccountEvent> decide(Account account, AccountCommand command) {
        return switch (command) {
            case Open(var owner, var overdraft, var on) ->
                account.isOpen() ? refuse("already-open") : persist(new Opened(owner, overdraft, on));
            case AccountCommand other when !account.isOpen() -> refuse("not-open");
            case OfMoney other when !other.amount().currency().equals(account.currency()) -> refuse("wrong-currency");
            case Deposit(var amount, var entry) -> persist(new Deposited(amount, entry));
            case Withdraw(var amount, var entry) -> withdraw(account, amount, entry);
            case Book(var amount, var side, var entry) -> switch (side) {
                case CREDIT -> persist(new Deposited(amount, entry));
                case DEBIT -> persist(new Withdrawn(amount, entry));
            };
            case ChangeOverdraft(var limit) ->
                limit.equals(account.overdraft()) ? noChange() : persist(new OverdraftChanged(limit));
            case PlaceOrder(var id, var order) ->
                account.orders().containsKey(id) ? refuse("order-exists") : persist(new OrderPlaced(id, order));
            case ExecuteOrder(var id, var on) -> switch (account.orders().get(id)) {
                case null -> refuse("unknown-order");
                case StandingOrder(var amount, var to, var purpose) ->
                    withdraw(account, amount, Entry.remittance(on, to, purpose).referring(id));
            };
        };
    }

    private static Decision<AccountEvent> withdraw(Account account, Money amount, Entry entry) {
        return account.covers(amount)
                ? persist(new Withdrawn(amount, entry))
                : refuse("insufficient-funds", Map.of("available", account.available()));
    }

    @Override
    public Account evolve(Account account, AccountEvent event) {
        return switch (event) {
            case Opened(var owner, var overdraft, var on) -> Account.opened(owner, overdraft);
            case Deposited(var amount, var entry, var channel) -> account.with(account.balance().plus(amount));
            case Withdrawn(var amount, var entry) -> account.with(account.balance().minus(amount));
            case OverdraftChanged(var limit) -> account.withOverdraft(limit);
            case OrderPlaced(var id, var order) -> account.withOrder(id, order);
        };
    }

    @Override
    public Set<String> tags(AccountEvent event) {
        return event instanceof Withdrawn ? Set.of("outgoing") : Set.of();
    }
}
