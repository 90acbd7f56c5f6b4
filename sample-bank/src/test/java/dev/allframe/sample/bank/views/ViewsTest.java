package dev.allframe.sample.bank.views;

import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.views.Balances.BALANCES;
import static dev.allframe.sample.bank.views.Customers.CUSTOMERS;
import static dev.allframe.sample.bank.views.Statements.STATEMENTS;
import static dev.allframe.sample.bank.views.Turnover.TURNOVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.allframe.pipeline.Window;
import dev.allframe.pipeline.Windowed;
import dev.allframe.projection.Range;
import dev.allframe.projection.Rows;
import dev.allframe.projection.ViewReader;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.views.Customers.Customer;
import dev.allframe.sample.bank.views.Statements.Line;
import dev.allframe.sample.bank.views.Statements.Movement;
import dev.allframe.sample.bank.views.Statements.Place;
import dev.allframe.sample.bank.views.Statements.Statement;
import dev.allframe.sample.bank.views.Turnover.Sum;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Currency;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the bank's views make of the events of accounts. */
final class ViewsTest {

    private static final LocalDate DAY = LocalDate.of(1993, 5, 10);
    private static final YearMonth MAY = YearMonth.of(1993, 5);
    private static final Counterparty OTHER = new Counterparty("YZ", "87144583");

    private final Folded bank = new Folded();

    private static Opened opened(String owner) {
        return new Opened(owner, czk(0), DAY);
    }

    private static Deposited in(String amount, LocalDate on) {
        return new Deposited(czk(amount), Entry.cash(on));
    }

    private static Withdrawn out(String amount, LocalDate on) {
        return new Withdrawn(czk(amount), Entry.of(Entry.Kind.CARD, on));
    }

    @Test
    void a_movement_of_an_account_that_was_not_opened_stops_the_balances_and_names_it() {
        bank.given("1", opened("Ann")).given("2", in("1.00", DAY));

        assertThat(bank.failure(BALANCES)).isNotNull().satisfies(failure -> {
            assertThat(failure.stream().value()).isEqualTo("account|2");
            assertThat(failure.sequenceNr()).isEqualTo(1);
        });
        assertThat(bank.failure(STATEMENTS)).isNull();
    }

    @Test
    void a_customer_has_all_accounts_of_one_name_and_none_of_a_longer_one() {
        bank.given("1", opened("Ann"), in("10.00", DAY))
                .given("2", opened("Anna"), in("5.00", DAY))
                .given("12", opened("Ann"), out("2.50", DAY))
                .given("1", in("0.50", DAY));

        assertThat(Customers.all(bank.rows(CUSTOMERS))).containsExactly(new Customer("Ann", 2, czk("8.00")),
                new Customer("Anna", 1, czk("5.00")));
    }

    @Test
    void a_statement_begins_with_what_was_there_and_leaves_out_what_came_later() {
        LocalDate april = LocalDate.of(1993, 4, 30);
        LocalDate first = LocalDate.of(1993, 5, 1);
        LocalDate last = LocalDate.of(1993, 5, 31);
        bank.given("1", opened("Ann"), in("100.00", april), in("7.00", first), out("30.25", last),
                out("5.00", LocalDate.of(1993, 6, 1))).given("11", opened("Bob"), in("1.00", DAY));

        assertThat(statement("1", MAY)).isEqualTo(new Statement("1", MAY, czk(100), czk("76.75"), List.of(
                new Line(first, Entry.Kind.CASH, czk(7), czk(107)),
                new Line(last, Entry.Kind.CARD, czk("-30.25"), czk("76.75")))));
        assertThat(statement("1", YearMonth.of(1993, 3)))
                .isEqualTo(new Statement("1", YearMonth.of(1993, 3), czk(0), czk(0), List.of()));
        assertThat(statement("1", YearMonth.of(1994, 1)).closing()).isEqualTo(czk("71.75"));
    }

    @Test
    void what_is_booked_for_an_earlier_day_stands_there_and_moves_the_balances_behind_it() {
        bank.given("1", opened("Ann"), in("1.00", DAY), in("2.00", DAY.plusDays(1)), in("4.00", DAY));

        assertThat(statement("1", MAY).lines()).extracting(Line::amount, Line::balance)
                .containsExactly(tuple(czk(1), czk(1)), tuple(czk(4), czk(5)), tuple(czk(2), czk(7)));
    }

    @Test
    void a_statement_has_more_lines_than_one_answer_of_a_view() {
        int movements = 10_001;
        bank.given("1", IntStream.range(0, movements)
                .mapToObj(i -> in("0.01", DAY))
                .toArray(AccountEvent[]::new));

        Statement statement = statement("1", MAY);

        assertThat(statement.lines()).hasSize(movements);
        assertThat(statement.closing()).isEqualTo(czk("100.01"));
    }

    @Test
    void the_opening_balance_is_read_from_a_row_for_each_month_and_not_from_the_movements() {
        int movements = 5_000;
        LocalDate begin = LocalDate.of(1993, 1, 1);
        bank.given("1", IntStream.range(0, movements)
                .mapToObj(i -> in("0.01", begin.plusDays(i % 365)))
                .toArray(AccountEvent[]::new));
        AtomicInteger read = new AtomicInteger();

        Statement statement = Statements.of(counting(bank.rows(STATEMENTS), read), "1", YearMonth.of(1993, 12), czk(0));

        assertThat(statement.closing()).isEqualTo(czk("50.00"));
        assertThat(read).hasValue(11 + statement.lines().size());
    }

    /** Counts the rows that are read by ranges of keys. */
    @SuppressWarnings("unchecked")
    private static ViewReader<Place, Movement> counting(ViewReader<Place, Movement> rows, AtomicInteger read) {
        return (ViewReader<Place, Movement>) Proxy.newProxyInstance(ViewsTest.class.getClassLoader(),
                new Class<?>[]{ViewReader.class}, (proxy, method, arguments) -> {
                    Object answer = method.invoke(rows, arguments);
                    if (answer instanceof Rows<?, ?> page) {
                        read.addAndGet(page.entries().size());
                    }
                    return answer;
                });
    }

    private Statement statement(String account, YearMonth month) {
        return Statements.of(bank.rows(STATEMENTS), account, month, czk(0));
    }

    private static Windowed<String, LocalDate> month(String bank, YearMonth month) {
        return new Windowed<>(bank, new Window<>(month.atDay(1), month.plusMonths(1).atDay(1)));
    }

    @Test
    void turnover_is_by_the_month_of_the_booking_and_the_other_bank_of_remittances() {
        bank.given("1", opened("Ann"), new Deposited(czk(10), Entry.remittance(DAY, OTHER, "")))
                .given("2", opened("Bob"), new Withdrawn(czk(3), Entry.remittance(DAY.withDayOfMonth(1), OTHER, "")),
                        new Withdrawn(czk(4), Entry.of(Entry.Kind.REMITTANCE, DAY)),
                        new Withdrawn(czk(5), new Entry(Entry.Kind.CARD, DAY, "", "", OTHER)),
                        in("6.00", DAY.withMonth(6)));

        assertThat(AllRows.list(bank.rows(TURNOVER), Range.all())).containsExactly(
                new Rows.Entry<>(month("", MAY), new Sum(czk(0), czk(9), 2)),
                new Rows.Entry<>(month("", YearMonth.of(1993, 6)), new Sum(czk(6), czk(0), 1)),
                new Rows.Entry<>(month("YZ", MAY), new Sum(czk(10), czk(3), 2)));
    }

    @Test
    void amounts_of_two_currencies_are_not_summed() {
        Money euro = new Money(BigDecimal.ONE, Currency.getInstance("EUR"));
        bank.given("1", opened("Ann"), in("1.00", DAY))
                .given("2", new Opened("Ann", Money.zero(euro.currency()), DAY),
                        new Deposited(euro, Entry.cash(DAY)));

        assertThat(bank.failure(TURNOVER)).isNotNull();
        var customers = bank.rows(CUSTOMERS);
        assertThatThrownBy(() -> Customers.all(customers)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("amounts of EUR and CZK do not mix");
    }
}
