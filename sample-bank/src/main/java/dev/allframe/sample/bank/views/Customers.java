package dev.allframe.sample.bank.views;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.put;
import static dev.allframe.projection.Change.updateBy;
import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.Range;
import dev.allframe.projection.ViewReader;
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
import java.util.ArrayList;
import java.util.List;

/**
 * What customers have with the bank. The accounts of an owner stand side by side, so that a customer is a range of
 * keys. Only the event that opens an account names its owner; later events find their row by the account.
 */
public final class Customers {

    /** An account of an owner. */
    public record Holding(String owner, String account) {}

    /** What is on an account of an owner. */
    public record HoldingRow(String account, Money balance) {

        HoldingRow plus(Money amount) {
            return new HoldingRow(account, balance.plus(amount));
        }

        HoldingRow minus(Money amount) {
            return new HoldingRow(account, balance.minus(amount));
        }
    }

    /**
     * A customer.
     *
     * @param owner the name by which accounts were opened
     * @param accounts how many
     * @param total what is on all of them
     */
    public record Customer(String owner, int accounts, Money total) {}

    /** The row of an account. */
    public static final Index<HoldingRow, String> ACCOUNT_ID = Index.on("account", HoldingRow::account, Keys.STRING);

    /** The view: named {@code customers}. */
    public static final ProjectionType<Holding, HoldingRow> CUSTOMERS = ProjectionType
            .named("customers", version(1), Holding.class, HoldingRow.class)
            .indexedBy(ACCOUNT_ID)
            .from(ACCOUNT, Customers::onAccount);

    private Customers() {}

    private static Change<Holding, HoldingRow> onAccount(AccountEvent event, EventInfo info) {
        return switch (event) {
            case Opened(var owner, var overdraft, var on) -> put(new Holding(owner, info.id()),
                    new HoldingRow(info.id(), Money.zero(overdraft.currency())));
            case Deposited(var amount, var entry, var channel) ->
                updateBy(ACCOUNT_ID, info.id(), row -> row.plus(amount));
            case Withdrawn(var amount, var entry) -> updateBy(ACCOUNT_ID, info.id(), row -> row.minus(amount));
            case Confirmed(var id, var amount, var entry) ->
                updateBy(ACCOUNT_ID, info.id(), row -> row.minus(amount));
            case OverdraftChanged(var limit) -> none();
            case OrderPlaced(var id, var order) -> none();
            case OrderCancelled(var id) -> none();
            case Reserved(var id, var amount) -> none();
            case Released(var id) -> none();
            case Closed(var on) -> none();
        };
    }

    /**
     * All customers, by name.
     *
     * @throws IllegalArgumentException if a customer has accounts of different currencies
     */
    public static List<Customer> all(ViewReader<Holding, HoldingRow> reader) {
        List<Customer> customers = new ArrayList<>();
        for (var entry : AllRows.of(reader, Range.<Holding>all())) {
            String owner = entry.key().owner();
            Money balance = entry.row().balance();
            if (!customers.isEmpty() && customers.getLast().owner().equals(owner)) {
                Customer before = customers.removeLast();
                customers.add(new Customer(owner, before.accounts() + 1, before.total().plus(balance)));
            } else {
                customers.add(new Customer(owner, 1, balance));
            }
        }
        return customers;
    }
}
