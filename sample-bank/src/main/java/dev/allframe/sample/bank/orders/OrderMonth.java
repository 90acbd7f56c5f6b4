package dev.allframe.sample.bank.orders;

import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaAction.sleepUntil;
import static dev.allframe.saga.SagaUndo.cannotBeUndone;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.saga.SagaUndo.undo;
import static dev.allframe.saga.StepOption.into;
import static dev.allframe.saga.StepOption.retryRefused;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.aggregate.Stored;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.Successor;
import dev.allframe.sample.bank.account.AccountCommand.Credit;
import dev.allframe.sample.bank.account.AccountCommand.ExecuteOrder;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The payment of a standing order in one month.
 *
 * @param account the account that pays
 * @param orderId the order, within the account
 * @param month the month that is paid
 * @param day the day of the month, 1 to 31; in a shorter month its last
 * @param repeats whether the month after begins when this one is paid
 * @param paid what has left the account; null before that
 */
@Stored("context")
public record OrderMonth(String account, String orderId, YearMonth month, int day, boolean repeats,
        @Nullable Paid paid) {

    private static final String NO_MONEY = "insufficient-funds";
    private static final int TRIES_AGAIN = 3;

    /**
     * Money that has left the account, as the account's own order says.
     *
     * @param amount how much
     * @param to who gets it
     */
    public record Paid(Money amount, Counterparty to) {}

    /**
     * The saga: named {@code order}, one for each account, order and month. The account refuses an order that was
     * cancelled, which ends the saga and the months after it. Where there is not enough money it is tried again on each
     * of three days.
     */
    public static final SagaType<OrderMonth> ORDER = SagaType.named("order", version(1), OrderMonth.class)
            .step("day", sleepUntil(OrderMonth::begins), nothingToUndo())
            .step("execute", command(ACCOUNT, OrderMonth::account, o -> new ExecuteOrder(o.orderId, o.on()),
                    retryRefused(NO_MONEY, Duration.ofDays(1), TRIES_AGAIN), into(OrderMonth::withPaid)),
                    undo(ACCOUNT, OrderMonth::account, OrderMonth::bookBack))
            .step("credit", command(ACCOUNT, OrderMonth::clearing, OrderMonth::handOver), cannotBeUndone())
            .thenStart(o -> o.repeats
                    ? Optional.of(new Successor<>(OrderMonth.ORDER, o.next().id(), o.next()))
                    : Optional.empty());

    public OrderMonth {
        if (day < 1 || day > 31) {
            throw new IllegalArgumentException("the day of a month is 1 to 31, not " + day);
        }
    }

    /** A month that is to be paid, and the months after it where the order repeats. */
    public static OrderMonth of(String account, String orderId, YearMonth month, int day, boolean repeats) {
        return new OrderMonth(account, orderId, month, day, repeats, null);
    }

    /** The id of the saga: {@code <account>/<order>/<month>}, with slashes of the names escaped. */
    public String id() {
        return escaped(account) + "/" + escaped(orderId) + "/" + month;
    }

    private static String escaped(String name) {
        return name.replace("%", "%25").replace("/", "%2F");
    }

    /** The booking date. */
    public LocalDate on() {
        return month.atDay(Math.min(day, month.lengthOfMonth()));
    }

    private Instant begins() {
        return on().atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** Whether a saga's last failure was that the account has not enough money. */
    static boolean isWantOfMoney(String reason) {
        return reason.startsWith(NO_MONEY);
    }

    private OrderMonth next() {
        return of(account, orderId, month.plusMonths(1), day, repeats);
    }

    private OrderMonth withPaid(List<AccountEvent> events) {
        return events.getFirst() instanceof Withdrawn(var amount, var entry)
                ? new OrderMonth(account, orderId, month, day, repeats,
                        new Paid(amount, Objects.requireNonNull(entry.counterparty(), "an order says who is paid")))
                : this;
    }

    private Paid mustPaid() {
        return Objects.requireNonNull(paid, "the order was not executed");
    }

    private String clearing() {
        return Clearing.account(mustPaid().to.bank());
    }

    private Credit handOver() {
        return new Credit(mustPaid().amount, entry("from " + account, null));
    }

    private Credit bookBack() {
        return new Credit(mustPaid().amount, entry("returned", mustPaid().to));
    }

    private Entry entry(String purpose, @Nullable Counterparty counterparty) {
        return new Entry(Entry.Kind.REMITTANCE, on(), id(), purpose, counterparty);
    }
}
