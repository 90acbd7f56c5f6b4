package dev.allframe.documents;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.documents.ViewsPageTest.BALANCES;
import static dev.allframe.documents.ViewsPageTest.OWNER;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.fixture.AggregateFixture;
import dev.allframe.api.testkit.fixture.ProjectionFixture;
import dev.allframe.documents.ViewsPageTest.AccountRow;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.Withdraw;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.testkit.AllFrameTestKit;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The code of docs/testing.md. */
final class TestingPageTest {

    private static final LocalDate day = LocalDate.of(2026, 1, 2);
    private static final Entry cash = Entry.cash(day);
    private static final Open open = new Open("Ann", czk(0), day);
    private static final Deposit deposit = new Deposit(czk(700), cash);

    @RegisterExtension
    static final AllFrameTestKit kit = AllFrameTestKit.of(ACCOUNT);

    @Test
    void a_repeated_deposit_counts_once() {
        kit.send(ACCOUNT, "acc-1", open);
        kit.send(ACCOUNT, "acc-1", deposit, withCommandId("d-1"));
        kit.passivateAll(); // the instance is stopped, and recovered by the next command
        kit.send(ACCOUNT, "acc-1", deposit, withCommandId("d-1"));

        assertThat(kit.events(ACCOUNT, "acc-1")).hasSize(2); // opened, deposited
    }

    @Test
    void a_withdrawal_beyond_the_overdraft_is_refused() {
        AggregateFixture.of(ACCOUNT)
                .given(new Opened("Ann", czk(0), day), new Deposited(czk(100), cash))
                .when(new Withdraw(czk(250), cash))
                .thenRefused("insufficient-funds");
    }

    @Test
    void a_row_is_made_of_events() {
        ProjectionFixture.of(BALANCES)
                .given("acc-1", new Opened("Ann", czk(0), day), new Deposited(czk(100), cash))
                .given(ACCOUNT, "acc-2", new Opened("Bob", czk(0), day))
                .thenRow("acc-1", new AccountRow("Ann", czk(100)))
                .thenNoRow("acc-3")
                .thenBy(OWNER, "Ann", "acc-1");
    }
}
