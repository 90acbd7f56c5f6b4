package dev.allframe.sample.bank.account;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.fixture.AggregateFixture;
import dev.allframe.sample.bank.account.AccountCommand.Book;
import dev.allframe.sample.bank.account.AccountCommand.CancelOrder;
import dev.allframe.sample.bank.account.AccountCommand.ChangeOverdraft;
import dev.allframe.sample.bank.account.AccountCommand.Close;
import dev.allframe.sample.bank.account.AccountCommand.Confirm;
import dev.allframe.sample.bank.account.AccountCommand.Credit;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.ExecuteOrder;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.PlaceOrder;
import dev.allframe.sample.bank.account.AccountCommand.Release;
import dev.allframe.sample.bank.account.AccountCommand.Reserve;
import dev.allframe.sample.bank.account.AccountCommand.Side;
import dev.allframe.sample.bank.account.AccountCommand.Withdraw;
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
import dev.allframe.sample.bank.account.Entry.Kind;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Currency;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AccountsTest {

    private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
    private static final Entry CASH = Entry.cash(DAY);
    private static final Opened OPENED = new Opened("Ann", czk(0), DAY);
    private static final StandingOrder RENT = new StandingOrder(czk(80), new Counterparty("YZ", "62457513"),
            "household");

    private static AggregateFixture<AccountCommand, AccountEvent, Account> account(AccountEvent... events) {
        return AggregateFixture.of(ACCOUNT).given(OPENED).given(events);
    }

    @Test
    void an_account_is_opened_once() {
        AggregateFixture.of(ACCOUNT).when(new Open("Ann", czk(0), DAY)).thenEvents(OPENED);
        account().when(new Open("Bob", czk(0), DAY)).thenRefused("already-open");
    }

    @Test
    void an_account_that_is_not_open_does_nothing() {
        AggregateFixture.of(ACCOUNT).when(new Deposit(czk(1), CASH)).thenRefused("not-open");
        AggregateFixture.of(ACCOUNT).when(new Book(czk(1), Side.DEBIT, CASH)).thenRefused("not-open");
    }

    @Test
    void a_deposit_adds_to_the_balance() {
        account(new Deposited(czk(100), CASH)).when(new Deposit(czk("0.50"), CASH))
                .thenEvents(new Deposited(czk("0.50"), CASH))
                .thenState(new Account("Ann", czk("100.50"), czk(0), Map.of(), Map.of(), false));
    }

    @Test
    void a_withdrawal_takes_the_last_crown() {
        account(new Deposited(czk(100), CASH)).when(new Withdraw(czk(100), Entry.of(Kind.CARD, DAY)))
                .thenEvents(new Withdrawn(czk(100), Entry.of(Kind.CARD, DAY)));
    }

    @Test
    void a_withdrawal_beyond_the_overdraft_is_refused() {
        account(new Deposited(czk(100), CASH), new OverdraftChanged(czk(50))).when(new Withdraw(czk("150.01"), CASH))
                .thenRefused("insufficient-funds", Map.of("available", "150.00 CZK"));
    }

    @Test
    void history_goes_below_zero_and_a_withdrawal_does_not() {
        account().when(new Book(czk(30), Side.DEBIT, CASH.referring("695247")))
                .thenEvents(new Withdrawn(czk(30), CASH.referring("695247")));
        account(new Withdrawn(czk(30), CASH.referring("695247"))).when(new Withdraw(czk(1), CASH))
                .thenRefused("insufficient-funds", Map.of("available", "-30.00 CZK"));
    }

    @Test
    void interest_and_fees_are_booked_whatever_the_limit() {
        account().when(new Book(czk("0.12"), Side.CREDIT, Entry.of(Kind.INTEREST, DAY)))
                .thenEvents(new Deposited(czk("0.12"), Entry.of(Kind.INTEREST, DAY)));
        account().when(new Book(czk(49), Side.DEBIT, Entry.of(Kind.FEE, DAY)))
                .thenEvents(new Withdrawn(czk(49), Entry.of(Kind.FEE, DAY)));
    }

    @Test
    void money_of_another_currency_is_refused() {
        Money euro = new Money(BigDecimal.ONE, Currency.getInstance("EUR"));

        account().when(new Deposit(euro, CASH)).thenRefused("wrong-currency");
        account().when(new ChangeOverdraft(euro)).thenRefused("wrong-currency");
    }

    @Test
    void the_overdraft_changes_once() {
        account().when(new ChangeOverdraft(czk(50))).thenEvents(new OverdraftChanged(czk(50)));
        account(new OverdraftChanged(czk(50))).when(new ChangeOverdraft(czk(50))).thenNoChange();
    }

    @Test
    void a_standing_order_is_placed_once_and_executed_when_there_is_money() {
        account().when(new PlaceOrder("rent", RENT)).thenEvents(new OrderPlaced("rent", RENT));
        account(new OrderPlaced("rent", RENT)).when(new PlaceOrder("rent", RENT)).thenRefused("order-exists");
        account().when(new ExecuteOrder("rent", DAY)).thenRefused("unknown-order");
        account(new OrderPlaced("rent", RENT)).when(new ExecuteOrder("rent", DAY)).thenRefused("insufficient-funds");
        account(new OrderPlaced("rent", RENT), new Deposited(czk(100), CASH)).when(new ExecuteOrder("rent", DAY))
                .thenEvents(new Withdrawn(czk(80), Entry.remittance(DAY, RENT.to(), "household").referring("rent")));
    }

    @Test
    void a_standing_order_is_taken_back() {
        account(new OrderPlaced("rent", RENT)).when(new CancelOrder("rent"))
                .thenEvents(new OrderCancelled("rent"));
        account(new OrderPlaced("rent", RENT), new OrderCancelled("rent")).when(new CancelOrder("rent"))
                .thenRefused("unknown-order");
    }

    @Test
    void what_is_set_aside_for_a_transfer_is_not_to_be_had() {
        account(new Deposited(czk(100), CASH)).when(new Reserve("t-1", czk("100.01")))
                .thenRefused("insufficient-funds", Map.of("available", "100.00 CZK"));
        account(new Deposited(czk(100), CASH)).when(new Reserve("t-1", czk(60)))
                .thenEvents(new Reserved("t-1", czk(60)))
                .thenState(new Account("Ann", czk(100), czk(0), Map.of(), Map.of("t-1", czk(60)), false));
        account(new Deposited(czk(100), CASH), new Reserved("t-1", czk(60))).when(new Withdraw(czk(41), CASH))
                .thenRefused("insufficient-funds", Map.of("available", "40.00 CZK"));
        account(new Deposited(czk(100), CASH), new Reserved("t-1", czk(60))).when(new Reserve("t-1", czk(1)))
                .thenRefused("already-reserved");
    }

    @Test
    void what_is_set_aside_is_given_back_once_or_goes_out_once() {
        account(new Deposited(czk(100), CASH), new Reserved("t-1", czk(60))).when(new Release("t-1"))
                .thenEvents(new Released("t-1"))
                .thenState(new Account("Ann", czk(100), czk(0), Map.of(), Map.of(), false));
        account().when(new Release("t-1")).thenNoChange();
        account(new Deposited(czk(100), CASH), new Reserved("t-1", czk(60))).when(new Confirm("t-1", CASH))
                .thenEvents(new Confirmed("t-1", czk(60), CASH))
                .thenState(new Account("Ann", czk(40), czk(0), Map.of(), Map.of(), false));
        account().when(new Confirm("t-1", CASH)).thenRefused("not-reserved");
    }

    @Test
    void a_transfer_brings_money() {
        account().when(new Credit(czk(5), CASH)).thenEvents(new Deposited(czk(5), CASH));
    }

    @Test
    void an_account_is_closed_when_nothing_is_on_it_and_then_does_nothing() {
        account(new Deposited(czk(1), CASH)).when(new Close(DAY)).thenRefused("not-empty");
        account(new Deposited(czk(1), CASH), new Reserved("t-1", czk(1))).when(new Close(DAY))
                .thenRefused("not-empty");
        account().when(new Close(DAY)).thenEvents(new Closed(DAY));
        account(new Closed(DAY)).when(new Deposit(czk(1), CASH)).thenRefused("closed");
        account(new Closed(DAY)).when(new Open("Ann", czk(0), DAY)).thenRefused("already-open");
    }

    @Test
    void withdrawals_are_tagged() {
        assertThat(new Accounts().tags(new Withdrawn(czk(5), CASH))).containsExactly("outgoing");
        assertThat(new Accounts().tags(new Deposited(czk(5), CASH))).isEmpty();
    }
}
