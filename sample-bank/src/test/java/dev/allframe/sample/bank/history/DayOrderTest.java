package dev.allframe.sample.bank.history;

import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.allframe.sample.bank.account.AccountCommand.Side;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class DayOrderTest {

    private static final LocalDate DAY = LocalDate.of(1993, 1, 31);
    private static final Duration GENEROUS = Duration.ofSeconds(60);

    @Test
    void rows_are_put_into_the_order_that_their_balances_tell() {
        List<Transaction> day = List.of(row("104", "-14.60", "8690.90"), row("102", "8000", "8700"),
                row("103", "5.45", "8705.50"));

        assertThat(ids(DayOrder.find(day, czk(700), List.of()))).containsExactly("102", "103", "104");
    }

    @Test
    void a_step_may_be_a_tenth_off_and_not_more() {
        assertThat(DayOrder.find(List.of(row("1", "100", "100.10")), czk(0), List.of())).isPresent();
        assertThat(DayOrder.find(List.of(row("1", "100", "99.90")), czk(0), List.of())).isPresent();
        assertThat(DayOrder.find(List.of(row("1", "100", "100.11")), czk(0), List.of())).isEmpty();
        assertThat(DayOrder.find(List.of(row("1", "100", "99.89")), czk(0), List.of())).isEmpty();
    }

    @Test
    void an_order_that_is_right_already_is_kept() {
        List<Transaction> day = List.of(row("1", "5", "5"), row("2", "-5", "0"), row("3", "7", "7"),
                row("4", "-7", "0"),
                row("5", "5", "5"));

        assertThat(ids(DayOrder.find(day, czk(0), List.of()))).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void a_loop_is_made_before_the_way_that_does_not_come_back() {
        List<Transaction> day = List.of(row("away", "-100", "0"), row("out", "50", "150"), row("back", "-50", "100"));

        assertThat(ids(DayOrder.find(day, czk(100), List.of()))).containsExactly("out", "back", "away");
    }

    @Test
    void the_next_day_decides_between_orders_that_are_both_possible() {
        List<Transaction> day = List.of(row("low", "10", "10.05"), row("high", "0.05", "10.15"),
                row("loop", "-0.05", "10.05"));
        List<Transaction> next = List.of(row("n", "1", "11.25"));

        assertThat(ids(DayOrder.find(day, czk(0), next))).endsWith("high");
    }

    @Test
    void where_the_balance_before_is_unknown_any_beginning_will_do() {
        List<Transaction> day = List.of(row("2", "-100", "4900"), row("1", "1000", "5000"));

        assertThat(DayOrder.find(day, czk(0), List.of())).isEmpty();
        assertThat(ids(DayOrder.find(day, null, List.of()))).containsExactly("1", "2");
    }

    @Test
    void a_row_that_nothing_leads_to_has_no_order() {
        List<Transaction> day = List.of(row("1", "5", "5"), row("lost", "5", "500"), row("2", "5", "10"));

        assertThat(DayOrder.find(day, czk(0), List.of())).isEmpty();
    }

    @Test
    void thirty_rows_that_meet_at_one_balance_are_no_trouble() {
        List<Transaction> day = new ArrayList<>();
        day.add(row("away", "-1000", "0"));
        for (int i = 1; i <= 30; i++) {
            day.add(row("back" + i, String.valueOf(-i), "1000"));
            day.add(row("out" + i, String.valueOf(i), String.valueOf(1000 + i)));
        }

        List<Transaction> found = assertTimeoutPreemptively(GENEROUS,
                () -> DayOrder.find(day, czk(1000), List.of()).orElseThrow());

        assertReproduces(found, day, czk(1000));
    }

    @Test
    void the_search_for_an_order_that_does_not_exist_ends() {
        List<Transaction> day = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            day.add(row("out" + i, String.valueOf(i), String.valueOf(1000 + i)));
            day.add(row("back" + i, String.valueOf(-i), "1000"));
        }
        day.add(row("away", "-1000", "0"));
        day.add(row("away too", "-500", "500"));

        assertTimeoutPreemptively(GENEROUS,
                () -> assertThat(DayOrder.find(day, czk(1000), List.of())).isEmpty());
    }

    @Test
    void a_day_with_thousands_of_rows_ends_too() {
        List<Transaction> day = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            day.add(row(String.valueOf(i), "1", String.valueOf(5_000 - i)));
        }

        assertTimeoutPreemptively(GENEROUS, () -> DayOrder.find(day, czk(0), List.of()));
    }

    @RepeatedTest(20)
    void whatever_happened_can_be_put_in_order_again() {
        long seed = Long.getLong("test.seed", new Random().nextLong());
        System.out.println("test.seed=" + seed);
        Random random = new Random(seed);
        List<Transaction> day = new ArrayList<>();
        BigDecimal balance = BigDecimal.valueOf(random.nextInt(10_000), 2);
        Money start = printed(balance);
        int rows = 1 + random.nextInt(30);
        for (int i = 0; i < rows; i++) {
            BigDecimal amount = BigDecimal.valueOf(random.nextInt(2_000) - 1_000, random.nextInt(3));
            balance = balance.add(amount);
            day.add(row(String.valueOf(i), amount.toPlainString(), printed(balance).amount().toPlainString()));
        }
        List<Transaction> shuffled = new ArrayList<>(day);
        Collections.shuffle(shuffled, random);

        List<Transaction> found = DayOrder.find(shuffled, start, List.of()).orElseThrow();

        assertReproduces(found, day, start);
    }

    /** Balances are printed with one decimal that counts. */
    private static Money printed(BigDecimal balance) {
        return czk(balance.setScale(1, RoundingMode.HALF_UP).toPlainString());
    }

    private static void assertReproduces(List<Transaction> found, List<Transaction> day, Money start) {
        assertThat(found).containsExactlyInAnyOrderElementsOf(day);
        Money balance = start;
        for (Transaction row : found) {
            assertThat(row.before().minus(balance).abs()).as("before " + row.id()).isLessThanOrEqualTo(czk("0.10"));
            balance = row.balance();
        }
    }

    private static List<String> ids(Optional<List<Transaction>> found) {
        return found.orElseThrow().stream().map(Transaction::id).toList();
    }

    static Transaction row(String id, String amount, String balance) {
        return row(id, DAY, amount, balance);
    }

    static Transaction row(String id, LocalDate day, String amount, String balance) {
        Side side = amount.startsWith("-") ? Side.DEBIT : Side.CREDIT;
        return new Transaction(id, "1", czk(amount).abs(), side, czk(balance), Entry.cash(day).referring(id));
    }
}
