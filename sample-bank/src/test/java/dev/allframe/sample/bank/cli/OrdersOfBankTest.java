package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.sample.bank.account.AccountEvent.Closed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderCancelled;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.StandingOrder;
import dev.allframe.sample.bank.cli.BankOnDisk.Said;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bank orders run}, on a store on disk. */
final class OrdersOfBankTest {

    private static final LocalDate DAY = LocalDate.of(1993, 5, 1);
    private static final Opened OPENED = new Opened("Ann", czk(0), DAY);
    private static final Deposited HUNDRED = new Deposited(czk(100), Entry.cash(DAY));

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path data;

    private BankOnDisk bank() {
        return new BankOnDisk(data.resolve("store"));
    }

    private static OrderPlaced order(String id, long amount, String bank) {
        return new OrderPlaced(id, new StandingOrder(czk(amount), new Counterparty(bank, "87144583"), "household"));
    }

    /** What is on each account. */
    private Map<String, String> balances() {
        Map<String, String> balances = new TreeMap<>();
        bank().run("balances", "--json")
                .json()
                .get("balances")
                .forEach(row -> balances.put(row.get("account").textValue(), row.get("balance").textValue()));
        return balances;
    }

    private static String counts(Said said) {
        return said.json().path("orders") + " orders: " + said.json().path("paid") + " paid, "
                + said.json().path("waiting") + " waiting, " + said.json().path("unpaid") + " unpaid, "
                + said.json().path("failed") + " failed, " + said.json().path("running") + " running";
    }

    @Test
    void a_month_is_paid_once_and_what_is_not_paid_is_told() {
        bank().store(Map.of("1", List.of(OPENED, HUNDRED, order("rent", 60, "AB"), order("loan", 10, "YZ")), "2",
                List.of(OPENED, order("rent", 60, "AB")), "3", List.of(OPENED, order("rent", 60, "AB"),
                        new OrderCancelled("rent")),
                "4", List.of(OPENED, order("rent", 60, "AB"), new Closed(DAY)), "a/b",
                List.of(OPENED, HUNDRED, order("x".repeat(150), 5, "AB"), order("gas", 3, "YZ"))));

        Said may = bank().run("orders", "run", "--month", "1993-05", "--json");
        Said again = bank().run("orders", "run", "--month", "1993-05");
        Said sagas = bank().run("sagas", "--definition", "order", "--state", "completed", "--json");
        Said saga = bank().run("saga", "1/rent/1993-05", "--definition", "order");
        Said statement = bank().run("statement", "1", "--month", "1993-05", "--json");

        assertThat(may.exitCode()).isEqualTo(1);
        assertThat(counts(may)).isEqualTo("5 orders: 3 paid, 1 waiting, 0 unpaid, 1 failed, 0 running");
        assertThat(may.err()).isEqualTo("account a/b, order " + "x".repeat(150)
                + ": invalid-id: an id has 1 to 150 characters, not 164" + System.lineSeparator());
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.out()).contains("orders          5", "paid            3", "waiting         1   for money",
                "failed          1");
        assertThat(balances()).isEqualTo(Map.of("1", "30.00", "2", "0.00", "3", "0.00", "4", "0.00", "a/b", "97.00",
                "clearing-AB", "60.00", "clearing-YZ", "13.00"));
        assertThat(sagas.json().get("sagas")).hasSize(3);
        assertThat(saga.exitCode()).as(saga.err()).isZero();
        assertThat(saga.out()).contains("order 1/rent/1993-05, version 1: completed");
        assertThat(statement.json().toString()).contains("\"amount\":\"-60.00\"", "\"amount\":\"-10.00\"");
    }

    @Test
    void another_month_is_paid_too_and_a_current_one_goes_on_by_itself() {
        YearMonth current = YearMonth.now(ZoneOffset.UTC);
        bank().store(Map.of("1", List.of(OPENED, HUNDRED, order("rent", 20, "AB"))));

        Said may = bank().run("orders", "run", "--month", "1993-05");
        Said june = bank().run("orders", "run", "--month", "1993-06");
        Said today = bank().run("orders", "run", "--month", current.toString());
        Said next = bank().run("saga", "1/rent/" + current.plusMonths(1), "--definition", "order", "--json");

        assertThat(may.exitCode()).as(may.err() + may.out()).isZero();
        assertThat(june.exitCode()).as(june.err() + june.out()).isZero();
        assertThat(today.exitCode()).as(today.err() + today.out()).isZero();
        assertThat(balances()).isEqualTo(Map.of("1", "40.00", "clearing-AB", "60.00"));
        assertThat(next.exitCode()).as(next.err()).isZero();
        assertThat(next.json().get("state").textValue()).isEqualTo("running");
        assertThat(next.json().get("step").textValue()).isEqualTo("day");
    }

    @Test
    void a_saga_that_opens_accounts_is_known() {
        bank().store(Map.of("1", List.of(OPENED)));

        Said none = bank().run("orders", "run", "--month", "1993-05", "--json");
        Said sagas = bank().run("sagas", "--definition", "opening", "--json");
        Said unknown = bank().run("saga", "9", "--definition", "opening");

        assertThat(none.exitCode()).isZero();
        assertThat(counts(none)).isEqualTo("0 orders: 0 paid, 0 waiting, 0 unpaid, 0 failed, 0 running");
        assertThat(sagas.json().get("sagas")).isEmpty();
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("there is no saga '9' of 'opening'");
    }

    @Test
    void what_cannot_be_is_told_in_one_sentence() {
        bank().store(Map.of("1", List.of(OPENED)));

        assertThat(bank().run("orders", "run", "--month", "2999-01").err())
                .contains("--month must be ", " or earlier, not 2999-01");
        assertThat(bank().run("orders", "run", "--month", "1993-05", "--wait", "0").err())
                .isEqualTo("bank: --wait must be 1 or more, not 0" + System.lineSeparator());
        assertThat(bank().run("orders", "run", "--month", "1993-05", "--backend", "memory").exitCode()).isEqualTo(2);
        assertThat(new BankOnDisk(data.resolve("none")).run("orders", "run", "--month", "1993-05").err())
                .contains("there is no bank in ");
    }
}
