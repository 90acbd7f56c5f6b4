package dev.allframe.sample.bank.views;

import static dev.allframe.projection.Change.changes;
import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.put;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.views.Balances.BALANCES;

import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.Range;
import dev.allframe.projection.ViewReader;
import dev.allframe.query.Query;
import dev.allframe.query.QueryType;
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
import dev.allframe.sample.bank.account.Entry.Kind;
import dev.allframe.sample.bank.account.Money;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The movements of each account by booking date, then in the order in which they were stored, and the sum of each
 * month. The balance before a month is the sum of the months before it: a statement reads a row for each, and the
 * movements of its own month alone. A movement that is booked for an earlier day moves the balances of all later ones,
 * so that rows have no balances.
 */
public final class Statements {

    /** What a row says. The names are a part of keys. */
    public enum Part {
        /** The sum of a month. */
        MONTH,
        /** A movement. */
        MOVEMENT
    }

    /**
     * A row's place.
     *
     * @param account whose
     * @param part what the row says
     * @param on the booking date; of a month its first day
     * @param number the sequence number of the event, which orders the movements of a day; of a month 0
     */
    public record Place(String account, Part part, LocalDate on, long number) {

        static Place of(String account, YearMonth month) {
            return new Place(account, Part.MONTH, month.atDay(1), 0);
        }
    }

    /**
     * A movement, or the sum of a month.
     *
     * @param kind how the money moved; null for a sum
     * @param amount positive for money that came in, negative for money that went out
     */
    public record Movement(@Nullable Kind kind, Money amount) {

        Movement plus(Money more) {
            return new Movement(kind, amount.plus(more));
        }
    }

    /** A line of a statement: a movement and the balance after it. */
    public record Line(LocalDate date, Kind kind, Money amount, Money balance) {}

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

    /** Asks for an account's month; empty where there is no such account. */
    public record StatementOf(String account, YearMonth month) implements Query<Optional<OwnersStatement>> {}

    /** An account's month with the name of the account's owner. */
    public record OwnersStatement(String owner, Statement statement) {}

    /** The view: named {@code statements}. */
    public static final ProjectionType<Place, Movement> STATEMENTS = ProjectionType
            .named("statements", version(2), Place.class, Movement.class)
            .from(ACCOUNT, Statements::onAccount)
            .perStream();

    /** A statement of a month that is over is asked for again and again. */
    public static final QueryType<StatementOf, Optional<OwnersStatement>> STATEMENT_OF = QueryType
            .of(StatementOf.class, (query, views) -> views.view(BALANCES)
                    .get(query.account())
                    .map(row -> new OwnersStatement(row.owner(), of(views.view(STATEMENTS), query.account(),
                            query.month(), Money.zero(row.balance().currency())))))
            .reads(BALANCES, STATEMENTS)
            .cachedFor(Duration.ofHours(1));

    private Statements() {}

    private static Change<Place, Movement> onAccount(AccountEvent event, EventInfo info) {
        return switch (event) {
            case Deposited(var amount, var entry, var channel) -> moved(amount, entry, info);
            case Withdrawn(var amount, var entry) ->
                moved(Money.zero(amount.currency()).minus(amount), entry, info);
            case Opened(var owner, var overdraft, var on) -> none();
            case Confirmed(var id, var amount, var entry) ->
                moved(Money.zero(amount.currency()).minus(amount), entry, info);
            case OverdraftChanged(var limit) -> none();
            case OrderPlaced(var id, var order) -> none();
            case OrderCancelled(var id) -> none();
            case Reserved(var id, var amount) -> none();
            case Released(var id) -> none();
            case Closed(var on) -> none();
        };
    }

    private static Change<Place, Movement> moved(Money amount, Entry entry, EventInfo info) {
        return changes(
                put(new Place(info.id(), Part.MOVEMENT, entry.on(), info.sequenceNr()),
                        new Movement(entry.kind(), amount)),
                upsert(Place.of(info.id(), YearMonth.from(entry.on())),
                        new Movement(null, Money.zero(amount.currency())), sum -> sum.plus(amount)));
    }

    /**
     * The statement of a month. Reads the movements of that month, and a row for each month before.
     *
     * @param start what is on an account without movements: zero in its currency
     */
    public static Statement of(ViewReader<Place, Movement> reader, String account, YearMonth month, Money start) {
        Money opening = start;
        Range<Place> before = Range.between(new Place(account, Part.MONTH, LocalDate.MIN, 0),
                Place.of(account, month));
        for (var entry : AllRows.of(reader, before)) {
            opening = opening.plus(entry.row().amount());
        }
        Money balance = opening;
        List<Line> lines = new ArrayList<>();
        Range<Place> during = Range.between(new Place(account, Part.MOVEMENT, month.atDay(1), 0),
                new Place(account, Part.MOVEMENT, month.plusMonths(1).atDay(1), 0));
        for (var entry : AllRows.of(reader, during)) {
            Movement movement = entry.row();
            balance = balance.plus(movement.amount());
            lines.add(new Line(entry.key().on(), Objects.requireNonNull(movement.kind()), movement.amount(), balance));
        }
        return new Statement(account, month, opening, balance, lines);
    }
}
