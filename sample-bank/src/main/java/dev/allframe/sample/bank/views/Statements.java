package dev.allframe.sample.bank.views;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.put;
import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.Range;
import dev.allframe.projection.ViewReader;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.AccountEvent.OverdraftChanged;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;

/**
 * The movements of each account by booking date, then in the order in which they were stored. Balances are summed when
 * a statement is read: a movement that is booked for an earlier day moves the balances of all later ones.
 */
public final class Statements {

    /**
     * A movement's place.
     *
     * @param account whose
     * @param on the booking date
     * @param number the sequence number of the event, which orders the movements of a day
     */
    public record Place(String account, LocalDate on, long number) {}

    /**
     * A movement.
     *
     * @param kind how the money moved
     * @param amount positive for money that came in, negative for money that went out
     */
    public record Movement(Entry.Kind kind, Money amount) {}

    /** A line of a statement: a movement and the balance after it. */
    public record Line(LocalDate date, Entry.Kind kind, Money amount, Money balance) {}

    /**
     * An account's month.
     *
     * @param opening the balance before the month
     * @param closing the balance after it
     * @param lines the movements in between
     */
    public record Statement(String account, YearMonth month, Money opening, Money closing, List<Line> lines) {
        public Statement {
            lines = List.copyOf(lines);
        }
    }

    /** The view: named {@code statements}. */
    public static final ProjectionType<Place, Movement> STATEMENTS = ProjectionType
            .named("statements", version(1), Place.class, Movement.class)
            .from(ACCOUNT, Statements::onAccount)
            .perStream();

    private Statements() {}

    private static Change<Place, Movement> onAccount(AccountEvent event, EventInfo info) {
        return switch (event) {
            case Deposited(var amount, var entry, var channel) -> put(place(entry, info),
                    new Movement(entry.kind(), amount));
            case Withdrawn(var amount, var entry) -> put(place(entry, info),
                    new Movement(entry.kind(), Money.zero(amount.currency()).minus(amount)));
            case Opened(var owner, var overdraft, var on) -> none();
            case OverdraftChanged(var limit) -> none();
            case OrderPlaced(var id, var order) -> none();
        };
    }

    private static Place place(Entry entry, EventInfo info) {
        return new Place(info.id(), entry.on(), info.sequenceNr());
    }

    /**
     * The statement of a month; reads all movements of the account until its end.
     *
     * @param start what is on an account without movements: zero in its currency
     */
    public static Statement of(ViewReader<Place, Movement> reader, String account, YearMonth month, Money start) {
        Money opening = start;
        Money balance = start;
        List<Line> lines = new ArrayList<>();
        Range<Place> untilEnd = Range.between(new Place(account, LocalDate.MIN, 0),
                new Place(account, month.plusMonths(1).atDay(1), 0));
        for (var entry : AllRows.of(reader, untilEnd)) {
            LocalDate on = entry.key().on();
            Movement movement = entry.row();
            balance = balance.plus(movement.amount());
            if (on.isBefore(month.atDay(1))) {
                opening = balance;
            } else {
                lines.add(new Line(on, movement.kind(), movement.amount(), balance));
            }
        }
        return new Statement(account, month, opening, balance, lines);
    }
}
