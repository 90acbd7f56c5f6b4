package dev.allframe.sample.bank.views;

import static dev.allframe.projection.QueryOption.after;
import static dev.allframe.projection.QueryOption.descending;
import static dev.allframe.projection.QueryOption.limit;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.views.Balances.BALANCE;
import static dev.allframe.sample.bank.views.Balances.BALANCES;
import static dev.allframe.sample.bank.views.Balances.OWNER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.fixture.ProjectionFixture;
import dev.allframe.projection.Range;
import dev.allframe.projection.ViewAnswer.Seen;
import dev.allframe.sample.bank.account.AccountCommand.Book;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.Side;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.AccountEvent.OverdraftChanged;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.StandingOrder;
import dev.allframe.sample.bank.views.Balances.AccountRow;
import dev.allframe.testkit.AllFrameTestKit;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The account list: what it makes of events, and how it is asked. */
final class BalancesTest {

    private static final LocalDate DAY = LocalDate.of(1993, 5, 10);
    private static final Entry CASH = Entry.cash(DAY);
    private static final Opened OPENED = new Opened("Ann", czk(0), DAY);

    @RegisterExtension
    static final AllFrameTestKit kit = AllFrameTestKit.of(ACCOUNT).projection(BALANCES);

    @Test
    void a_balance_follows_the_movements_and_nothing_else() {
        ProjectionFixture.of(BALANCES)
                .given("1", OPENED, new Deposited(czk(700), CASH), new OverdraftChanged(czk(1_000)),
                        new Withdrawn(czk("950.50"), CASH),
                        new OrderPlaced("7", new StandingOrder(czk(5), new Counterparty("YZ", "1"), "rent")))
                .thenRow("1", new AccountRow("Ann", czk("-250.50")));
    }

    @Test
    void accounts_are_found_by_owner_and_by_balance_in_pages() {
        ProjectionFixture.of(BALANCES)
                .given("1", OPENED, new Withdrawn(czk(3), CASH))
                .given("2", new Opened("Bob", czk(0), DAY), new Deposited(czk("99.90"), CASH))
                .given("3", OPENED, new Deposited(czk(100), CASH))
                .thenBy(OWNER, "Ann", "1", "3")
                .thenRange(BALANCE, Range.atMost(new BigDecimal("99.9")), "1", "2")
                .then(rows -> {
                    var richest = rows.range(BALANCE, Range.all(), descending(), limit(2));
                    assertThat(richest.keys()).containsExactly("3", "2");
                    assertThat(rows.range(BALANCE, Range.all(), descending(), after(richest.next().orElseThrow()))
                            .keys()).containsExactly("1");
                });
    }

    @Test
    void a_movement_of_an_account_that_was_not_opened_stops_the_list() {
        ProjectionFixture.of(BALANCES)
                .given("2", new Deposited(czk(1), CASH))
                .thenFails(IllegalStateException.class);
    }

    @Test
    void a_row_is_seen_when_the_list_has_applied_a_command() throws Exception {
        kit.send(ACCOUNT, "seen", new Open("Ann", czk(10), DAY)).orThrow();
        var booked = kit.send(ACCOUNT, "seen", new Book(czk("7.50"), Side.DEBIT, CASH)).orThrow();

        assertThat(kit.view(BALANCES).get("seen", booked.token()).toCompletableFuture().get(30, TimeUnit.SECONDS))
                .isEqualTo(new Seen<>(Optional.of(new AccountRow("Ann", czk("-7.50")))));
    }
}
