package dev.allframe.sample.bank.account;

import static dev.allframe.aggregate.Decision.noChange;
import static dev.allframe.aggregate.Decision.persist;
import static dev.allframe.aggregate.Decision.refuse;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Decision;
import dev.allframe.sample.bank.account.AccountCommand.Book;
import dev.allframe.sample.bank.account.AccountCommand.CancelOrder;
import dev.allframe.sample.bank.account.AccountCommand.ChangeOverdraft;
import dev.allframe.sample.bank.account.AccountCommand.Close;
import dev.allframe.sample.bank.account.AccountCommand.Confirm;
import dev.allframe.sample.bank.account.AccountCommand.Credit;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.ExecuteOrder;
import dev.allframe.sample.bank.account.AccountCommand.OfMoney;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.PlaceOrder;
import dev.allframe.sample.bank.account.AccountCommand.Release;
import dev.allframe.sample.bank.account.AccountCommand.Reserve;
import dev.allframe.sample.bank.account.AccountCommand.Withdraw;
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
                !account.owner().isEmpty() ? refuse("already-open") : persist(new Opened(owner, overdraft, on));
            case AccountCommand other when account.closed() -> refuse("closed");
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
            case CancelOrder(var id) ->
                account.orders().containsKey(id) ? persist(new OrderCancelled(id)) : refuse("unknown-order");
            case Reserve(var id, var amount) when account.reserved().containsKey(id) -> refuse("already-reserved");
            case Reserve(var id, var amount) -> ifCovered(account, amount, new Reserved(id, amount));
            case Release(var id) ->
                account.reserved().containsKey(id) ? persist(new Released(id)) : noChange();
            case Confirm(var id, var entry) -> switch (account.reserved().get(id)) {
                case null -> refuse("not-reserved");
                case Money amount -> persist(new Confirmed(id, amount, entry));
            };
            case Credit(var amount, var entry) -> persist(new Deposited(amount, entry));
            case Close(var on) -> account.isEmpty() ? persist(new Closed(on)) : refuse("not-empty");
            case ExecuteOrder(var id, var on) -> switch (account.orders().get(id)) {
                case null -> refuse("unknown-order");
                case StandingOrder(var amount, var to, var purpose) ->
                    withdraw(account, amount, Entry.remittance(on, to, purpose).referring(id));
            };
        };
    }

    private static Decision<AccountEvent> withdraw(Account account, Money amount, Entry entry) {
        return ifCovered(account, amount, new Withdrawn(amount, entry));
    }

    private static Decision<AccountEvent> ifCovered(Account account, Money amount, AccountEvent event) {
        return account.covers(amount)
                ? persist(event)
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
            case OrderCancelled(var id) -> account.withoutOrder(id);
            case Reserved(var id, var amount) -> account.reserving(id, amount);
            case Released(var id) -> account.releasing(id);
            case Confirmed(var id, var amount, var entry) ->
                account.releasing(id).with(account.balance().minus(amount));
            case Closed(var on) -> account.closing();
        };
    }

    @Override
    public Set<String> tags(AccountEvent event) {
        return event instanceof Withdrawn || event instanceof Confirmed ? Set.of("outgoing") : Set.of();
    }
}
