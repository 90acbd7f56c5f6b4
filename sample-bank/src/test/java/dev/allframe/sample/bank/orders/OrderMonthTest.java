package dev.allframe.sample.bank.orders;

import static dev.allframe.api.testkit.fixture.Reply.accepted;
import static dev.allframe.api.testkit.fixture.Reply.lost;
import static dev.allframe.api.testkit.fixture.Reply.refused;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.orders.OrderMonth.ORDER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.api.testkit.fixture.Reply;
import dev.allframe.api.testkit.fixture.SagaExplorer;
import dev.allframe.api.testkit.fixture.SagaExplorer.Explored;
import dev.allframe.api.testkit.fixture.SagaExplorer.World;
import dev.allframe.api.testkit.fixture.SagaFixture;
import dev.allframe.sample.bank.account.AccountCommand.Credit;
import dev.allframe.sample.bank.account.AccountCommand.ExecuteOrder;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Closed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderCancelled;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.account.StandingOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Standing orders, whatever goes wrong on their way. */
final class OrderMonthTest {

    private static final YearMonth MAY = YearMonth.of(1993, 5);
    private static final LocalDate DAY = LocalDate.of(1993, 5, 31);
    private static final Counterparty LANDLORD = new Counterparty("AB", "87144583");
    private static final StandingOrder RENT = new StandingOrder(czk(60), LANDLORD, "household");
    private static final Opened OPENED = new Opened("Ann", czk(0), DAY);
    private static final OrderPlaced PLACED = new OrderPlaced("rent", RENT);
    private static final Reply EXECUTED = accepted(new Withdrawn(czk(60),
            Entry.remittance(DAY, LANDLORD, "household").referring("rent")));
    private static final ExecuteOrder EXECUTE = new ExecuteOrder("rent", DAY);

    private static OrderMonth may(boolean repeats) {
        return OrderMonth.of("1", "rent", MAY, 31, repeats);
    }

    private static Credit credit(String purpose, @Nullable Counterparty counterparty) {
        return new Credit(czk(60), new Entry(Entry.Kind.REMITTANCE, DAY, "1/rent/1993-05", purpose, counterparty));
    }

    @Test
    void what_the_account_pays_is_credited_to_the_clearing_account_of_the_other_bank() {
        SagaFixture.of(ORDER)
                .replying("execute", EXECUTED)
                .when(may(false))
                .thenSends("execute", "1", EXECUTE)
                .thenSends("credit", "clearing-AB", credit("from 1", null))
                .thenCompleted();
    }

    @Test
    void an_order_that_repeats_begins_the_next_month_on_the_same_day_of_a_shorter_month() {
        OrderMonth june = OrderMonth.of("1", "rent", YearMonth.of(1993, 6), 31, true);

        SagaFixture.of(ORDER)
                .replying("execute", EXECUTED)
                .when(may(true))
                .thenSends("execute", "1", EXECUTE)
                .thenSends("credit", "clearing-AB", credit("from 1", null))
                .thenCompleted()
                .thenStarts(ORDER, "1/rent/1993-06", june);
        SagaFixture.of(ORDER)
                .at(Instant.parse("1993-05-31T08:00:00Z"))
                .replying("execute", refused("unknown-order"))
                .when(june)
                .thenTook(Duration.ofDays(29).plusHours(16))
                .thenSends("execute", "1", new ExecuteOrder("rent", LocalDate.of(1993, 6, 30)))
                .thenCompensated("unknown-order");
    }

    @Test
    void want_of_money_is_tried_again_on_each_of_three_days() {
        Reply poor = refused("insufficient-funds");

        SagaFixture.of(ORDER)
                .at(Instant.parse("1993-05-30T00:00:00Z"))
                .replying("execute", poor, poor, poor, EXECUTED)
                .when(may(false))
                .thenSends("execute", "1", EXECUTE)
                .thenSends("execute", "1", EXECUTE)
                .thenSends("execute", "1", EXECUTE)
                .thenSends("execute", "1", EXECUTE)
                .thenSends("credit", "clearing-AB", credit("from 1", null))
                .thenTook(Duration.ofDays(1 + 3))
                .thenCompleted();
        SagaFixture.of(ORDER)
                .replying("execute", poor, poor, poor, poor)
                .when(may(true))
                .thenSends("execute", "1", EXECUTE)
                .thenSends("execute", "1", EXECUTE)
                .thenSends("execute", "1", EXECUTE)
                .thenSends("execute", "1", EXECUTE)
                .thenCompensated("insufficient-funds");
    }

    @Test
    void what_the_clearing_account_does_not_take_is_booked_back() {
        SagaFixture.of(ORDER)
                .replying("execute", EXECUTED)
                .replying("credit", lost(), refused("not-open"))
                .when(may(true))
                .thenSends("execute", "1", EXECUTE)
                .thenSends("credit", "clearing-AB", credit("from 1", null))
                .thenSends("credit", "clearing-AB", credit("from 1", null))
                .thenSettles("credit")
                .thenUndoes("execute", "1", credit("returned", LANDLORD))
                .thenCompensated("not-open");
    }

    @Test
    void two_orders_have_never_one_id() {
        assertThat(may(false).id()).isEqualTo("1/rent/1993-05");
        assertThat(OrderMonth.of("a/b", "c", MAY, 1, false).id()).isEqualTo("a%2Fb/c/1993-05");
        assertThat(OrderMonth.of("a", "b/c", MAY, 1, false).id()).isEqualTo("a/b%2Fc/1993-05");
        assertThat(OrderMonth.of("a%2Fb", "c", MAY, 1, false).id()).isEqualTo("a%252Fb/c/1993-05");
        assertThatThrownBy(() -> OrderMonth.of("1", "rent", MAY, 32, false))
                .hasMessage("the day of a month is 1 to 31, not 32");
    }

    private static SagaExplorer<OrderMonth> explorer(AccountEvent... account) {
        return SagaExplorer.of(ORDER, may(false))
                .with(ACCOUNT, "1", account)
                .check(OrderMonthTest::noMoneyIsMade);
    }

    /** There is never more than there was, and in the end neither less. */
    private static void noMoneyIsMade(World world) {
        Money total = balance(world, "1").plus(balance(world, "clearing-AB"));
        assertThat(total).isLessThanOrEqualTo(czk(100));
        if (world.saga().hasEnded()) {
            assertThat(total).isEqualTo(czk(100));
        }
    }

    private static Money balance(World world, String account) {
        return world.state(ACCOUNT, account).balance();
    }

    @Test
    void every_fault_and_every_two_leave_the_money_that_there_was() {
        Explored explored = explorer(OPENED, PLACED, new Deposited(czk(100), Entry.cash(DAY)))
                .with(ACCOUNT, "clearing-AB", OPENED)
                .check(world -> {
                    switch (world.saga().phase()) {
                        case COMPLETED -> assertThat(balance(world, "clearing-AB")).isEqualTo(czk(60));
                        case COMPENSATED -> assertThat(balance(world, "1")).isEqualTo(czk(100));
                        case NEW, FORWARD, SETTLING, BACKWARD, PARKED -> {
                        }
                    }
                })
                .faultsAtOnce(2)
                .explore();

        assertThat(explored.ways()).isGreaterThan(1_000);
        assertThat(explored.ends()).containsKeys("COMPLETED", "COMPENSATED");
    }

    @Test
    void every_fault_and_every_two_leave_the_money_where_the_clearing_account_is_closed() {
        Explored explored = explorer(OPENED, PLACED, new Deposited(czk(100), Entry.cash(DAY)))
                .with(ACCOUNT, "clearing-AB", OPENED, new Closed(DAY))
                .faultsAtOnce(2)
                .explore();

        assertThat(explored.ends()).containsKey("COMPENSATED").doesNotContainKey("COMPLETED");
    }

    @Test
    void no_fault_pays_what_is_not_there_or_not_wanted() {
        StandingOrder more = new StandingOrder(czk(160), LANDLORD, "household");
        for (AccountEvent[] account : new AccountEvent[][]{
                {OPENED, new OrderPlaced("rent", more), new Deposited(czk(100), Entry.cash(DAY))},
                {OPENED, PLACED, new OrderCancelled("rent"), new Deposited(czk(100), Entry.cash(DAY))}}) {
            Map<String, Integer> ends = explorer(account).with(ACCOUNT, "clearing-AB", OPENED)
                    .faultsAtOnce(2)
                    .explore()
                    .ends();

            assertThat(ends).containsOnlyKeys("COMPENSATED");
        }
    }
}
