package dev.allframe.sample.bank.views;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.ProjectionType;
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
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import java.time.YearMonth;

/**
 * What has moved in each month, from and to each other bank. All accounts are of one currency: the view stands at the
 * first movement of another.
 */
public final class Turnover {

    /**
     * What is summed up.
     *
     * @param bank the other bank of a remittance; empty for every other movement
     * @param month the month of the booking date
     */
    public record BankMonth(String bank, YearMonth month) {}

    /**
     * A sum.
     *
     * @param in what came in
     * @param out what went out
     * @param count how many movements
     */
    public record Sum(Money in, Money out, long count) {

        Sum withIn(Money amount) {
            return new Sum(in.plus(amount), out, count + 1);
        }

        Sum withOut(Money amount) {
            return new Sum(in, out.plus(amount), count + 1);
        }
    }

    /** The view: named {@code turnover}. */
    public static final ProjectionType<BankMonth, Sum> TURNOVER = ProjectionType
            .named("turnover", version(1), BankMonth.class, Sum.class)
            .from(ACCOUNT, Turnover::onAccount);

    private Turnover() {}

    private static Change<BankMonth, Sum> onAccount(AccountEvent event, EventInfo info) {
        return switch (event) {
            case Deposited(var amount, var entry, var channel) -> upsert(key(entry), zero(amount),
                    sum -> sum.withIn(amount));
            case Withdrawn(var amount, var entry) -> upsert(key(entry), zero(amount), sum -> sum.withOut(amount));
            case Opened(var owner, var overdraft, var on) -> none();
            case Confirmed(var id, var amount, var entry) ->
                upsert(key(entry), zero(amount), sum -> sum.withOut(amount));
            case OverdraftChanged(var limit) -> none();
            case OrderPlaced(var id, var order) -> none();
            case OrderCancelled(var id) -> none();
            case Reserved(var id, var amount) -> none();
            case Released(var id) -> none();
            case Closed(var on) -> none();
        };
    }

    private static BankMonth key(Entry entry) {
        Counterparty other = entry.kind() == Entry.Kind.REMITTANCE ? entry.counterparty() : null;
        return new BankMonth(other == null ? "" : other.bank(), YearMonth.from(entry.on()));
    }

    private static Sum zero(Money ofCurrency) {
        Money zero = Money.zero(ofCurrency.currency());
        return new Sum(zero, zero, 0);
    }
}
