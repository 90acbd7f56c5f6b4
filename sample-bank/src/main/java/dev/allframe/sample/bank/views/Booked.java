package dev.allframe.sample.bank.views;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.put;
import static dev.allframe.projection.Change.update;
import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.projection.Change;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.Range;
import dev.allframe.projection.Rows;
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
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.views.Balances.AccountRow;
import java.time.LocalDate;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What had been booked on accounts by the end of a day, whenever it was stored. A movement may be booked before the day
 * on which its account was opened: an account has a balance from the earlier of both.
 */
public final class Booked {

    /**
     * An account at the end of the day.
     *
     * @param account with what was booked by then
     * @param isThere whether it was opened, or had a movement, by then
     */
    public record BookedRow(AccountRow account, boolean isThere) {}

    private Booked() {}

    /**
     * A view, to be folded for one question, of all accounts that were ever opened.
     *
     * @param day the last booking date
     */
    public static ProjectionType<String, BookedRow> until(LocalDate day) {
        return ProjectionType.named("booked", version(1), String.class, BookedRow.class)
                .from(ACCOUNT, (event, info) -> onAccount(event, info.id(), day))
                .perStream();
    }

    /** The accounts that were there at the end of the day, in the order of their ids. */
    public static List<Rows.Entry<String, AccountRow>> accounts(ViewReader<String, BookedRow> booked) {
        return AllRows.list(booked, Range.all())
                .stream()
                .filter(entry -> entry.row().isThere())
                .map(entry -> new Rows.Entry<>(entry.key(), entry.row().account()))
                .toList();
    }

    private static Change<String, BookedRow> onAccount(AccountEvent event, String account, LocalDate day) {
        return switch (event) {
            case Opened(var owner, var overdraft, var on) -> put(account,
                    new BookedRow(new AccountRow(owner, Money.zero(overdraft.currency())), !on.isAfter(day)));
            case Deposited(var amount, var entry, var channel) ->
                moved(account, entry, day, row -> row.plus(amount));
            case Withdrawn(var amount, var entry) -> moved(account, entry, day, row -> row.minus(amount));
            case Confirmed(var id, var amount, var entry) -> moved(account, entry, day, row -> row.minus(amount));
            case OverdraftChanged(var limit) -> none();
            case OrderPlaced(var id, var order) -> none();
            case OrderCancelled(var id) -> none();
            case Reserved(var id, var amount) -> none();
            case Released(var id) -> none();
            case Closed(var on) -> none();
        };
    }

    private static Change<String, BookedRow> moved(String account, Entry entry, LocalDate day,
            UnaryOperator<AccountRow> movement) {
        return entry.on().isAfter(day)
                ? none()
                : update(account, row -> new BookedRow(movement.apply(row.account()), true));
    }
}
