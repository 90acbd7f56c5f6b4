package dev.allframe.sample.bank.orders;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.orders.OrderMonth.ORDER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.history.HistoryImport;
import dev.allframe.sample.bank.ledger.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The standing orders of the published data set, where its folder is given. */
@EnabledIfSystemProperty(named = "allframe.berka", matches = ".+")
final class BerkaOrdersTest {

    private static final YearMonth MAY = YearMonth.of(1993, 5);
    private static final int ORDERS = 6_471;

    @Test
    void a_month_of_a_real_bank_is_paid_as_far_as_there_is_money_and_a_second_time_changes_nothing() {
        try (AllFrame bank = AllFrame.standalone("berka-orders-test").aggregate(ACCOUNT).saga(ORDER).start()) {
            Ledger ledger = new Ledger(bank.eventStore(ACCOUNT));
            HistoryImport.read(List.of(Path.of(System.getProperty("allframe.berka"))), true)
                    .run(bank.commands(), ledger, () -> {});
            Map<String, Account> before = ledger.accounts();

            OrderReport report = run(bank, before);
            Map<String, Account> after = ledger.accounts();
            OrderReport again = run(bank, after);

            assertThat(report.paid()).isGreaterThan(1_000);
            assertThat(report.paid() + report.waiting()).isEqualTo(ORDERS);
            assertThat(report.problems()).isEmpty();
            List<String> clearing = after.keySet().stream().filter(id -> id.startsWith("clearing-")).toList();
            assertThat(clearing).hasSize(13);
            assertThat(clearing.stream().mapToInt(id -> ledger.statement(id).size() - 1).sum())
                    .isEqualTo(report.paid());
            assertThat(total(after)).isEqualTo(total(before));
            assertThat(ledger.accounts()).isEqualTo(after);
            assertThat(again.paid()).isEqualTo(report.paid());
            assertThat(again.waiting()).isEqualTo(report.waiting());
        }
    }

    private static OrderReport run(AllFrame bank, Map<String, Account> accounts) {
        OrderRun run = new OrderRun(MAY, accounts, false);
        AtomicInteger left = new AtomicInteger();
        OrderReport report = run.run(bank.commands(), bank.sagas(), Duration.ofMinutes(2), left::incrementAndGet);
        assertThat(run.orders()).isEqualTo(ORDERS);
        assertThat(report.orders()).isEqualTo(ORDERS);
        assertThat(left).hasValue(ORDERS);
        return report;
    }

    private static Money total(Map<String, Account> accounts) {
        return accounts.values().stream().map(Account::balance).reduce(czk(0), Money::plus);
    }
}
