package dev.allframe.sample.bank.views;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.put;
import static dev.allframe.projection.Change.update;
import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.projection.AsOf;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.RangeIndex;
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
import java.math.BigDecimal;
import java.time.LocalDate;

/** Each account with its owner and its balance, by the account's id; accounts are found by owner and by balance too. */
public final class Balances {

    /**
     * An account.
     *
     * @param owner whose it is
     * @param balance what is on it
     */
    public record AccountRow(String owner, Money balance) {

        AccountRow plus(Money amount) {
            return new AccountRow(owner, balance.plus(amount));
        }

        AccountRow minus(Money amount) {
            return new AccountRow(owner, balance.minus(amount));
        }
    }

    /** The accounts of an owner. */
    public static final Index<AccountRow, String> OWNER = Index.on("owner", AccountRow::owner, Keys.STRING);

    /** Accounts in the order of their balances, whose currency is not looked at. */
    public static final RangeIndex<AccountRow, BigDecimal> BALANCE = RangeIndex.on("balance",
            row -> row.balance().amount(), Keys.DECIMAL);

    /** The view: named {@code balances}. */
    public static final ProjectionType<String, AccountRow> BALANCES = ProjectionType
            .named("balances", version(1), String.class, AccountRow.class)
            .indexedBy(OWNER, BALANCE)
            .from(ACCOUNT, Balances::onAccount)
            .perStream();

    private Balances() {}

    /**
     * The accounts as they were by what had been booked at the end of a day, whenever it was stored.
     *
     * @param day the last booking date
     */
    public static AsOf bookedUntil(LocalDate day) {
        return AsOf.now().where((event, info) -> event instanceof AccountEvent booked && isBookedUntil(day, booked));
    }

    private static boolean isBookedUntil(LocalDate day, AccountEvent event) {
        return switch (event) {
            case Opened(var owner, var overdraft, var on) -> !on.isAfter(day);
            case Deposited(var amount, var entry, var channel) -> !entry.on().isAfter(day);
            case Withdrawn(var amount, var entry) -> !entry.on().isAfter(day);
            case Confirmed(var id, var amount, var entry) -> !entry.on().isAfter(day);
            case Closed(var on) -> !on.isAfter(day);
            case OverdraftChanged(var limit) -> false;
            case OrderPlaced(var id, var order) -> false;
            case OrderCancelled(var id) -> false;
            case Reserved(var id, var amount) -> false;
            case Released(var id) -> false;
        };
    }

    private static Change<String, AccountRow> onAccount(AccountEvent event, EventInfo info) {
        return switch (event) {
            case Opened(var owner, var overdraft, var on) ->
                put(info.id(), new AccountRow(owner, Money.zero(overdraft.currency())));
            case Deposited(var amount, var entry, var channel) -> update(info.id(), row -> row.plus(amount));
            case Withdrawn(var amount, var entry) -> update(info.id(), row -> row.minus(amount));
            case Confirmed(var id, var amount, var entry) -> update(info.id(), row -> row.minus(amount));
            case OverdraftChanged(var limit) -> none();
            case OrderPlaced(var id, var order) -> none();
            case OrderCancelled(var id) -> none();
            case Reserved(var id, var amount) -> none();
            case Released(var id) -> none();
            case Closed(var on) -> none();
        };
    }
}
