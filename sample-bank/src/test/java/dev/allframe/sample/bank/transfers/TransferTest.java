package dev.allframe.sample.bank.transfers;

import static dev.allframe.api.testkit.fixture.Reply.lost;
import static dev.allframe.api.testkit.fixture.Reply.refused;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.transfers.Transfer.TRANSFER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.fixture.SagaExplorer;
import dev.allframe.api.testkit.fixture.SagaExplorer.World;
import dev.allframe.api.testkit.fixture.SagaFixture;
import dev.allframe.sample.bank.account.AccountCommand.Confirm;
import dev.allframe.sample.bank.account.AccountCommand.Credit;
import dev.allframe.sample.bank.account.AccountCommand.Release;
import dev.allframe.sample.bank.account.AccountCommand.Reserve;
import dev.allframe.sample.bank.account.AccountEvent.Closed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

/** Transfers, whatever goes wrong on their way. */
final class TransferTest {

    private static final LocalDate DAY = LocalDate.of(1993, 5, 1);
    private static final Opened OPENED = new Opened("Ann", czk(0), DAY);
    private static final Deposited HUNDRED = new Deposited(czk(100), Entry.cash(DAY));

    private static Transfer transfer(long amount) {
        return new Transfer("t-1", "acc-1", "acc-2", czk(amount), DAY);
    }

    private static Entry entry(String purpose) {
        return new Entry(Entry.Kind.REMITTANCE, DAY, "t-1", purpose, null);
    }

    @Test
    void money_is_set_aside_credited_and_booked_out() {
        SagaFixture.of(TRANSFER)
                .when(transfer(60))
                .thenSends("reserve", "acc-1", new Reserve("t-1", czk(60)))
                .thenSends("credit", "acc-2", new Credit(czk(60), entry("from acc-1")))
                .thenSends("confirm", "acc-1", new Confirm("t-1", entry("to acc-2")))
                .thenCompleted();
    }

    @Test
    void an_account_that_has_not_enough_pays_nothing() {
        SagaFixture.of(TRANSFER)
                .replying("reserve", refused("insufficient-funds"))
                .when(transfer(60))
                .thenSends("reserve", "acc-1", new Reserve("t-1", czk(60)))
                .thenCompensated("insufficient-funds");
    }

    @Test
    void what_a_closed_account_does_not_take_is_given_back() {
        SagaFixture.of(TRANSFER)
                .replying("credit", lost(), refused("closed"))
                .when(transfer(60))
                .thenSends("reserve", "acc-1", new Reserve("t-1", czk(60)))
                .thenSends("credit", "acc-2", new Credit(czk(60), entry("from acc-1")))
                .thenSends("credit", "acc-2", new Credit(czk(60), entry("from acc-1")))
                .thenSettles("credit")
                .thenUndoes("reserve", "acc-1", new Release("t-1"))
                .thenCompensated("closed");
    }

    /** Nobody can ever take more than there is, and what is there in the end is what was there. */
    private static void noMoneyIsMade(World world) {
        Money total = world.state(ACCOUNT, "acc-1").available().plus(world.state(ACCOUNT, "acc-2").available());
        assertThat(total).isLessThanOrEqualTo(czk(100));
        if (world.saga().hasEnded()) {
            assertThat(total).isEqualTo(czk(100));
        }
    }

    @Test
    void every_fault_and_every_two_leave_the_money_that_there_was() {
        var ways = SagaExplorer.of(TRANSFER, transfer(60))
                .with(ACCOUNT, "acc-1", OPENED, HUNDRED)
                .with(ACCOUNT, "acc-2", OPENED)
                .check(TransferTest::noMoneyIsMade)
                .faultsAtOnce(2)
                .explore();

        assertThat(ways.ways()).isGreaterThan(1_000);
        assertThat(ways.ends()).containsKeys("COMPLETED", "COMPENSATED");
    }

    @Test
    void every_fault_leaves_the_money_where_the_target_does_not_take_it() {
        var ways = SagaExplorer.of(TRANSFER, transfer(60))
                .with(ACCOUNT, "acc-1", OPENED, HUNDRED)
                .with(ACCOUNT, "acc-2", OPENED, new Closed(DAY))
                .check(TransferTest::noMoneyIsMade)
                .faultsAtOnce(2)
                .explore();

        assertThat(ways.ends()).doesNotContainKey("COMPLETED");
    }
}
