package dev.allframe.sample.bank.orders;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.orders.OrderMonth.ORDER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.AllFrame;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.AccountCommand;
import dev.allframe.sample.bank.account.AccountCommand.CancelOrder;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.PlaceOrder;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.StandingOrder;
import dev.allframe.sample.bank.ledger.Ledger;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs of months on real actors. */
final class OrderRunTest {

    private static final YearMonth MAY = YearMonth.of(1993, 5);
    private static final LocalDate DAY = LocalDate.of(1993, 5, 1);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final YearMonth current = YearMonth.now(ZoneOffset.UTC);
    private final AllFrame bank = AllFrame.standalone("order-run-test")
            .aggregate(ACCOUNT)
            .saga(ORDER)
            .intercept(Clearing.reserving())
            .start();

    @AfterEach
    void close() {
        bank.close();
    }

    private void send(String account, AccountCommand... commands) {
        for (AccountCommand command : commands) {
            assertThat(bank.commands().dispatch(ACCOUNT, account, command).toCompletableFuture().join())
                    .isInstanceOf(CommandResult.Accepted.class);
        }
    }

    private void open(String account, String otherBank) {
        send(account, new Open("Ann", czk(0), DAY), new Deposit(czk(100), Entry.cash(DAY)), new PlaceOrder("rent",
                new StandingOrder(czk(30), new Counterparty(otherBank, "87144583"), "household")));
    }

    private Map<String, Account> accounts() {
        return new Ledger(bank.eventStore(ACCOUNT)).accounts();
    }

    private OrderReport run(YearMonth month, boolean repeats, Duration patience) {
        return new OrderRun(month, accounts(), repeats).run(bank.commands(), bank.sagas(), patience, () -> {});
    }

    private SagaStatus ended(String id) {
        return bank.sagas()
                .saga("order", id)
                .ended()
                .toCompletableFuture()
                .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    @Test
    void a_month_that_was_begun_in_another_way_is_looked_at_and_not_paid_again() {
        open("1", "AB");
        OrderReport first = run(current, true, LONG);

        OrderReport again = run(current, false, LONG);

        assertThat(first.isGood()).isTrue();
        assertThat(again.paid()).isEqualTo(1);
        assertThat(accounts()).extractingFromEntries(each -> each.getKey() + " " + each.getValue().balance())
                .containsExactly("1 70.00 CZK", "clearing-AB 30.00 CZK");
    }

    @Test
    void nobody_opens_an_account_under_the_id_of_a_clearing_account() {
        Open open = new Open("Ann", czk(0), DAY);
        for (CommandOptions options : List.of(CommandOptions.none(), CommandOptions.withCommandId("mine"))) {
            assertThat(bank.commands().dispatch(ACCOUNT, "clearing-AB", open, options).toCompletableFuture().join())
                    .isInstanceOfSatisfying(CommandResult.Refused.class,
                            refused -> assertThat(refused.code()).isEqualTo("reserved-id"));
        }
        open("1", "AB");

        assertThat(run(current, false, LONG).paid()).isEqualTo(1);

        assertThat(accounts().get("clearing-AB")).extracting(Account::owner).isEqualTo("bank AB");
    }

    @Test
    void a_month_that_has_not_come_goes_on_when_nobody_waits_for_it() {
        open("1", "AB");

        OrderReport report = run(current.plusMonths(1), false, Duration.ofMillis(50));

        assertThat(report.running()).isEqualTo(1);
        assertThat(report.orders()).isEqualTo(1);
        assertThat(report.isGood()).isFalse();
    }

    @Test
    void months_follow_one_another_until_the_order_is_cancelled() {
        open("1", "AB");
        YearMonth twoAgo = current.minusMonths(2);

        OrderReport report = run(twoAgo, true, LONG);
        SagaStatus oneAgo = ended("1/rent/" + twoAgo.plusMonths(1));
        SagaStatus today = ended("1/rent/" + current);
        send("1", new CancelOrder("rent"));
        OrderReport none = run(current.plusMonths(1), true, LONG);

        assertThat(report.isGood()).isTrue();
        assertThat(oneAgo.phase()).isEqualTo(Phase.COMPLETED);
        assertThat(today.phase()).isEqualTo(Phase.COMPLETED);
        assertThat(accounts().get("clearing-AB")).extracting(Account::balance).isEqualTo(czk(90));
        assertThat(none.orders()).isZero();
    }

    @Test
    void what_cannot_be_paid_is_told_and_its_money_stays() {
        open("1", "A|B");
        open("2", "AB");
        OrderRun run = new OrderRun(MAY, accounts(), false);
        send("2", new CancelOrder("rent"));

        OrderReport report = run.run(bank.commands(), bank.sagas(), LONG, () -> {});

        assertThat(report.failed()).isEqualTo(2);
        assertThat(report.orders()).isEqualTo(2);
        assertThat(report.problems()).hasSize(3);
        assertThat(report.problems().get(0)).startsWith("clearing-A|B cannot be opened: ");
        assertThat(report.problems()).anySatisfy(
                problem -> assertThat(problem).startsWith("account 1, order rent: ").contains("clearing-A|B"))
                .contains("account 2, order rent: unknown-order");
        assertThat(accounts()).extractingFromEntries(each -> each.getKey() + " " + each.getValue().balance())
                .contains("1 100.00 CZK", "2 100.00 CZK");
    }
}
