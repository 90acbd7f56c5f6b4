package dev.allframe.sample.bank.history;

import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.history.DayOrderTest.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AccountHistoryTest {

    private static final LocalDate FIRST = LocalDate.of(1993, 1, 1);
    private static final LocalDate SECOND = LocalDate.of(1993, 1, 2);
    private static final LocalDate THIRD = LocalDate.of(1993, 1, 3);

    @Test
    void days_are_in_order_whatever_the_order_of_the_files() {
        AccountHistory history = AccountHistory.of(List.of(row("4", THIRD, "1", "108"), row("2", SECOND, "5", "105"),
                row("3", SECOND, "2", "107"), row("1", FIRST, "100", "100")), czk(0));

        assertThat(ids(history)).containsExactly("1", "2", "3", "4");
        assertThat(history.continues()).isTrue();
        assertThat(history.remarks()).isEmpty();
    }

    @Test
    void an_account_that_begins_with_another_balance_than_its_first_amount_begins_in_the_middle_of_its_life() {
        AccountHistory history = AccountHistory.of(
                List.of(row("2", FIRST, "-100", "4900"), row("1", FIRST, "1000", "5000"),
                        row("3", SECOND, "1", "4901")),
                czk(0));

        assertThat(ids(history)).containsExactly("1", "2", "3");
        assertThat(history.continues()).isFalse();
        assertThat(history.remarks()).containsExactly("begins in the middle of its life, its balances are not checked: "
                + "before transaction 1 of 1993-01-01 it had 4000.00 CZK by the bank's own balance, and not 0.00 CZK");
    }

    @Test
    void the_first_balance_may_be_a_tenth_off() {
        assertThat(AccountHistory.of(List.of(row("1", FIRST, "100", "100.10")), czk(0)).continues()).isTrue();
        assertThat(AccountHistory.of(List.of(row("1", FIRST, "100", "100.20")), czk(0)).continues()).isFalse();
    }

    @Test
    void an_account_can_go_on_where_an_earlier_file_left_it() {
        assertThat(AccountHistory.of(List.of(row("9", SECOND, "1", "101")), czk(100)).continues()).isTrue();
        assertThat(AccountHistory.of(List.of(row("9", SECOND, "1", "101")), czk(50)).continues()).isFalse();
    }

    @Test
    void a_day_without_a_possible_order_is_told_and_kept_in_file_order() {
        AccountHistory history = AccountHistory.of(List.of(row("1", FIRST, "100", "100"), row("3", SECOND, "7", "900"),
                row("2", SECOND, "5", "105"), row("5", THIRD, "-1", "111"), row("4", THIRD, "12", "112")), czk(0));

        assertThat(ids(history)).containsExactly("1", "3", "2", "4", "5");
        assertThat(history.continues()).isTrue();
        assertThat(history.remarks()).containsExactly("no order of its 2 transactions on 1993-01-02 was found that "
                + "reproduces the bank's balances; they are kept in file order");
    }

    @Test
    void missing_transactions_in_the_middle_are_told() {
        AccountHistory history = AccountHistory
                .of(List.of(row("1", FIRST, "100", "100"), row("3", THIRD, "1", "151")), czk(0));

        assertThat(history.continues()).isTrue();
        assertThat(history.remarks()).containsExactly("transactions are missing: before transaction 3 of 1993-01-03 "
                + "it had 150.00 CZK by the bank's own balance, and not 100.00 CZK");
    }

    private static List<String> ids(AccountHistory history) {
        return history.transactions().stream().map(Transaction::id).toList();
    }
}
