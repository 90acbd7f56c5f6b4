package dev.allframe.sample.bank.views;

import static dev.allframe.pipeline.Windows.tumbling;
import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.pipeline.Pipeline;
import dev.allframe.pipeline.Windowed;
import dev.allframe.pipeline.Windows;
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
import java.time.LocalDate;
import java.time.Period;
import java.util.List;

/**
 * What has moved in each month, from and to each other bank. All accounts are of one currency: the view stands at the
 * first movement of another.
 */
public final class Turnover {

    /**
     * Money that has moved.
     *
     * @param bank the other bank of a remittance; empty for every other movement
     * @param on the booking date
     * @param in what came in
     * @param out what went out
     */
    private record Movement(String bank, LocalDate on, Money in, Money out) {

        static List<Movement> of(AccountEvent event) {
            return switch (event) {
                case Deposited(var amount, var entry, var channel) -> List.of(in(amount, entry));
                case Withdrawn(var amount, var entry) -> List.of(out(amount, entry));
                case Confirmed(var id, var amount, var entry) -> List.of(out(amount, entry));
                case Opened(var owner, var overdraft, var on) -> List.of();
                case OverdraftChanged(var limit) -> List.of();
                case OrderPlaced(var id, var order) -> List.of();
                case OrderCancelled(var id) -> List.of();
                case Reserved(var id, var amount) -> List.of();
                case Released(var id) -> List.of();
                case Closed(var on) -> List.of();
            };
        }

        private static Movement in(Money amount, Entry entry) {
            return new Movement(bank(entry), entry.on(), amount, Money.zero(amount.currency()));
        }

        private static Movement out(Money amount, Entry entry) {
            return new Movement(bank(entry), entry.on(), Money.zero(amount.currency()), amount);
        }

        private static String bank(Entry entry) {
            Counterparty other = entry.kind() == Entry.Kind.REMITTANCE ? entry.counterparty() : null;
            return other == null ? "" : other.bank();
        }
    }

    /**
     * A sum.
     *
     * @param in what came in
     * @param out what went out
     * @param count how many movements
     */
    public record Sum(Money in, Money out, long count) {

        private static Sum ofNothing(Movement first) {
            Money zero = Money.zero(first.in.currency());
            return new Sum(zero, zero, 0);
        }

        private Sum plus(Movement movement) {
            return new Sum(in.plus(movement.in), out.plus(movement.out), count + 1);
        }
    }

    /** How bookings are cut into months. */
    public static final Windows<LocalDate> MONTHS = tumbling(Period.ofMonths(1));

    /** The view: named {@code turnover}, by the code of the other bank and the month of the booking date. */
    public static final ProjectionType<Windowed<String, LocalDate>, Sum> TURNOVER = Pipeline.from(ACCOUNT)
            .flatMap(Movement::of)
            .groupBy(String.class, Movement::bank)
            .window(MONTHS, Movement::on)
            .reduce(Sum.class, Sum::ofNothing, Sum::plus)
            .into("turnover", version(1));

    private Turnover() {}
}
