package dev.allframe.sample.bank.account;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.fixture.AggregateFixture;
import dev.allframe.sample.bank.account.AccountCommand.Book;
import dev.allframe.sample.bank.account.AccountCommand.ChangeOverdraft;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.ExecuteOrder;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.PlaceOrder;
import dev.allframe.sample.bank.account.AccountCommand.Side;
import dev.allframe.sample.bank.account.AccountCommand.Withdraw;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.AccountEvent.OverdraftChanged;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Currency;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules of an account, without actors and without a store. */
final class AccountsTest {

    private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
    private static final Entry CASH = Entry.cash(DAY);
    private static final StandingOrder RENT = new StandingOrder(czk(80), new Counterparty("YZ", "1"), "household");
    private static final Money EUROS = new Money(BigDecimal.ONE, Currency.getInstance("EUR"));

    private final AggregateFixture<AccountCommand, AccountEvent, Account> unopened = AggregateFixture.of(ACCOUNT);
    private final AggregateFixture<AccountCommand, AccountEvent, Account> opened = unopened
            .given(new Opened("Ann", czk(100), DAY));

    @Test
    void an_account_opens_once_in_the_currency_of_its_limit() {
        unopened.when(new Open("Ann", EUROS, DAY))
                .thenEvents(new Opened("Ann", EUROS, DAY))
                .thenState(account -> assertThat(account.currency()).isEqualTo(EUROS.currency()))
                .when(new Open("Ann", EUROS, DAY))
                .thenRefused("already-open");
    }

    @Test
    void nothing_happens_before_an_account_is_open() {
        unopened.when(new Deposit(czk(1), CASH)).thenRefused("not-open");
        unopened.when(new ExecuteOrder("rent", DAY)).thenRefused("not-open");
    }

    @Test
    void another_currency_is_refused() {
        opened.when(new Deposit(EUROS, CASH)).thenRefused("wrong-currency");
        opened.when(new ChangeOverdraft(EUROS)).thenRefused("wrong-currency");
    }

    @Test
    void a_deposit_raises_the_balance() {
        opened.when(new Deposit(czk("12.50"), CASH))
                .thenEvents(new Deposited(czk("12.50"), CASH))
                .thenState(account -> assertThat(account.balance()).isEqualTo(czk("12.50")));
    }

    @Test
    void a_withdrawal_takes_at_most_balance_and_overdraft() {
        opened.when(new Withdraw(czk(100), CASH))
                .thenEvents(new Withdrawn(czk(100), CASH))
                .thenState(account -> assertThat(account.balance()).isEqualTo(czk(-100)))
                .when(new Withdraw(czk(1), CASH))
                .thenRefused("insufficient-funds", Map.of("available", czk(0)));
    }

    @Test
    void a_booked_fact_goes_below_the_limit_and_a_withdrawal_does_not() {
        opened.when(new Book(czk(50), Side.CREDIT, CASH))
                .thenEvents(new Deposited(czk(50), CASH))
                .when(new Book(czk(500), Side.DEBIT, CASH))
                .thenEvents(new Withdrawn(czk(500), CASH))
                .when(new Withdraw(czk(1), CASH))
                .thenRefused("insufficient-funds", Map.of("available", czk(-350)));
    }

    @Test
    void the_overdraft_limit_changes() {
        opened.when(new ChangeOverdraft(czk(300)))
                .thenEvents(new OverdraftChanged(czk(300)))
                .when(new Withdraw(czk(300), CASH))
                .thenEvents(new Withdrawn(czk(300), CASH));
    }

    @Test
    void the_same_limit_again_changes_nothing() {
        opened.when(new ChangeOverdraft(czk(100))).thenNoChange();
    }

    @Test
    void a_standing_order_is_placed_once_and_carried_out_while_covered() {
        opened.when(new PlaceOrder("rent", RENT))
                .thenEvents(new OrderPlaced("rent", RENT))
                .when(new PlaceOrder("rent", RENT))
                .thenRefused("order-exists")
                .when(new ExecuteOrder("gas", DAY))
                .thenRefused("unknown-order")
                .when(new ExecuteOrder("rent", DAY))
                .thenEvents(new Withdrawn(czk(80), Entry.remittance(DAY, RENT.to(), "household").referring("rent")))
                .when(new ExecuteOrder("rent", DAY))
                .thenRefused("insufficient-funds", Map.of("available", czk(20)));
    }

    @Test
    void withdrawals_are_tagged() {
        Accounts accounts = new Accounts();

        assertThat(accounts.tags(new Withdrawn(czk(5), CASH))).containsExactly("outgoing");
        assertThat(accounts.tags(new Deposited(czk(5), CASH))).isEmpty();
    }
}
