package dev.allframe.sample.bank.opening;

import static dev.allframe.api.testkit.fixture.Reply.answered;
import static dev.allframe.api.testkit.fixture.Reply.refused;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.fixture.SagaExplorer;
import dev.allframe.api.testkit.fixture.SagaExplorer.Explored;
import dev.allframe.api.testkit.fixture.SagaExplorer.World;
import dev.allframe.api.testkit.fixture.SagaFixture;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.machine.SagaState.Phase;
import dev.allframe.saga.machine.StepState.Status;
import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.AccountCommand.Close;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.opening.CustomerCheck.Verdict;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Openings, whatever goes wrong on their way. */
final class OpeningTest {

    private static final LocalDate DAY = LocalDate.of(1993, 5, 1);
    private static final SagaType<Opening> OPENING = Opening.opening(new DenyList(Set.of("Mallory")),
            Duration.ofSeconds(10));
    private static final Open OPEN = new Open("Ann", czk(0), DAY);
    private static final Deposit DEPOSIT = new Deposit(czk(50), Entry.cash(DAY));

    private static Opening of(String owner) {
        return Opening.of("9", owner, czk(50), DAY);
    }

    @Test
    void who_passes_the_check_gets_an_account_with_the_first_deposit() {
        SagaFixture.of(OPENING)
                .replying("check", answered(new Verdict(true, "")))
                .when(of("Ann"))
                .thenCalls("check")
                .thenSends("open", "9", OPEN)
                .thenSends("deposit", "9", DEPOSIT)
                .thenCompleted();
    }

    @Test
    void a_verdict_against_the_customer_opens_nothing_and_is_kept() {
        Verdict against = new Verdict(false, "owes us money");

        SagaFixture.of(OPENING)
                .replying("check", answered(against))
                .when(of("Ann"))
                .thenCalls("check")
                .thenCompleted()
                .thenContext(new Opening("9", "Ann", czk(50), DAY, against));
    }

    @Test
    void an_account_that_is_there_already_is_left_alone_and_the_check_withdrawn() {
        SagaFixture.of(OPENING)
                .replying("check", answered(new Verdict(true, "")))
                .replying("open", refused("already-open"))
                .replyingToUndo("check", answered(new Verdict(true, "")))
                .when(of("Ann"))
                .thenCalls("check")
                .thenSends("open", "9", OPEN)
                .thenUndoesByCall("check")
                .thenCompensated("already-open");
    }

    @Test
    void an_account_that_does_not_take_the_deposit_is_closed() {
        SagaFixture.of(OPENING)
                .replying("check", answered(new Verdict(true, "")))
                .replying("deposit", refused("wrong-currency"))
                .replyingToUndo("check", answered(new Verdict(true, "")))
                .when(of("Ann"))
                .thenCalls("check")
                .thenSends("open", "9", OPEN)
                .thenSends("deposit", "9", DEPOSIT)
                .thenUndoes("open", "9", new Close(DAY))
                .thenUndoesByCall("check")
                .thenCompensated("wrong-currency");
    }

    private static SagaExplorer<Opening> explorer(String owner, AccountEvent... before) {
        return SagaExplorer.of(OPENING, of(owner)).with(ACCOUNT, "9", before).faultsAtOnce(2);
    }

    /** An account with its deposit, or none, and none before the check was passed. */
    private static void isOpenWhenChecked(World world) {
        Account account = world.state(ACCOUNT, "9");
        boolean checked = world.saga()
                .step("check")
                .filter(check -> check.certain() && check.status() != Status.NOT_DONE)
                .isPresent();
        assertThat(account.isOpen() && !checked).as("open without a check").isFalse();
        if (world.saga().phase() == Phase.COMPLETED) {
            assertThat(account.isOpen()).isTrue();
            assertThat(account.balance()).isEqualTo(czk(50));
        } else if (world.saga().phase() == Phase.COMPENSATED) {
            assertThat(account.isOpen()).isFalse();
            assertThat(account.balance()).isEqualTo(czk(0));
        }
    }

    @Test
    void every_fault_and_every_two_end_with_an_account_or_with_none() {
        Explored explored = explorer("Ann").check(OpeningTest::isOpenWhenChecked).explore();

        assertThat(explored.ways()).isGreaterThan(1_000);
        assertThat(explored.ends()).containsKeys("COMPLETED", "COMPENSATED");
    }

    @Test
    void no_fault_opens_an_account_for_whom_the_check_is_against() {
        Explored explored = explorer("Mallory")
                .check(world -> assertThat(world.state(ACCOUNT, "9")).isEqualTo(Account.NONE))
                .explore();

        assertThat(explored.ends()).containsKeys("COMPLETED", "COMPENSATED");
    }

    @Test
    void no_fault_touches_an_account_that_is_there_already() {
        Account theirs = ACCOUNT.aggregate().evolve(Account.NONE, new Opened("Bob", czk(0), DAY));

        Explored explored = explorer("Ann", new Opened("Bob", czk(0), DAY))
                .check(world -> assertThat(world.state(ACCOUNT, "9")).isEqualTo(theirs))
                .explore();

        assertThat(explored.ends()).containsOnlyKeys("COMPENSATED");
    }
}
