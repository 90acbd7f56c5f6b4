package dev.allframe.sample.bank.history;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.views.Balances.BALANCES;
import static dev.allframe.sample.bank.views.Customers.CUSTOMERS;
import static dev.allframe.sample.bank.views.Statements.STATEMENTS;
import static dev.allframe.sample.bank.views.Turnover.TURNOVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.projection.AsOf;
import dev.allframe.projection.PastView;
import dev.allframe.projection.Range;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.history.FileSums.Movement;
import dev.allframe.sample.bank.history.FileSums.Turned;
import dev.allframe.sample.bank.ledger.Ledger;
import dev.allframe.sample.bank.views.AllRows;
import dev.allframe.sample.bank.views.Balances.AccountRow;
import dev.allframe.sample.bank.views.Booked;
import dev.allframe.sample.bank.views.Booked.BookedRow;
import dev.allframe.sample.bank.views.Customers;
import dev.allframe.sample.bank.views.Customers.Customer;
import dev.allframe.sample.bank.views.Statements;
import dev.allframe.sample.bank.views.Statements.Statement;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The published data set itself, imported once, where its folder is given: {@code mvn verify -Dallframe.berka=DIR}. The
 * views of the bank are compared with {@link FileSums}.
 */
@EnabledIfSystemProperty(named = "allframe.berka", matches = ".+")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BerkaDataTest {

    private static final int STATEMENTS_COMPARED = 300;

    private final Path folder = Path.of(System.getProperty("allframe.berka", ""));
    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final FileSums files = new FileSums(folder);
    private final AllFrame bank = AllFrame.standalone("berka-test")
            .aggregate(ACCOUNT)
            .projection(BALANCES)
            .projection(CUSTOMERS)
            .projection(STATEMENTS)
            .projection(TURNOVER)
            .start();
    @SuppressWarnings("NullAway.Init") // set before all tests
    private ImportReport report;

    private Ledger ledger() {
        return new Ledger(bank.eventStore(ACCOUNT));
    }

    @BeforeAll
    void twice() {
        System.out.println("test.seed=" + seed);
        report = HistoryImport.read(List.of(folder, folder), true).run(bank.commands(), ledger(), () -> {});
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(bank.projections().describe()).hasSize(4)
                        .allMatch(view -> view.generation() > 0 && view.lag() == 0));
    }

    @AfterAll
    void close() {
        bank.close();
    }

    @Test
    void fifteen_months_of_a_real_bank_are_reproduced_and_a_second_time_changes_nothing() {
        assertThat(report.accounts()).isEqualTo(4_500);
        assertThat(report.orders()).isEqualTo(6_471);
        assertThat(report.transactions()).isEqualTo(46_997);
        assertThat(report.events()).isEqualTo(57_968);
        assertThat(report.tally().accepted()).isEqualTo(57_968);
        assertThat(report.tally().repeated()).isEqualTo(57_968);
        assertThat(report.tally().rejected()).isZero();
        assertThat(report.missing()).isZero();
        assertThat(report.accountsChecked()).isEqualTo(1_229);
        assertThat(report.accountsNotChecked()).isZero();
        assertThat(report.mismatches()).isZero();
        assertThat(report.maxDifference()).isLessThanOrEqualTo(czk("0.70"));
        assertThat(report.remarks()).isEmpty();
        assertThat(report.isGood()).isTrue();
    }

    @Test
    void balances_are_the_sums_of_the_files() {
        Map<String, BigDecimal> balances = new TreeMap<>();
        AllRows.list(bank.view(BALANCES), Range.all())
                .forEach(entry -> balances.put(entry.key(), entry.row().balance().amount()));

        assertThat(balances).hasSize(4_500);
        assertThat(balances.keySet()).containsExactlyInAnyOrderElementsOf(files.accounts());
        Map<String, BigDecimal> sums = files.balances();
        assertThat(sums).hasSize(1_229);
        assertThat(balances).allSatisfy((account, balance) -> assertThat(balance)
                .isEqualTo(sums.getOrDefault(account, new BigDecimal("0.00"))));
    }

    @Test
    void customers_are_the_holders_of_the_files_accounts() {
        Map<String, BigDecimal> sums = files.balances();

        List<Customer> customers = Customers.all(bank.view(CUSTOMERS));

        assertThat(customers).hasSize(4_500).allSatisfy(customer -> {
            assertThat(customer.accounts()).isEqualTo(1);
            assertThat(customer.total().amount()).isEqualTo(sums.getOrDefault(
                    customer.owner().replace("holder of account ", ""), new BigDecimal("0.00")));
        });
    }

    @Test
    void statements_are_the_lines_of_the_files() {
        Random random = new Random(seed);
        List<String> moved = List.copyOf(files.balances().keySet());
        int lines = 0;
        for (int i = 0; i < STATEMENTS_COMPARED; i++) {
            String account = moved.get(random.nextInt(moved.size()));
            YearMonth month = YearMonth.of(1993, 1).plusMonths(random.nextInt(15));
            List<Movement> expected = files.month(account, month.toString());

            Statement statement = bank.view(STATEMENTS)
                    .read(rows -> Statements.of(rows, account, month, czk(0)));

            BigDecimal opening = files.before(account, month.toString());
            assertThat(statement.opening().amount()).isEqualTo(opening);
            assertThat(statement.closing().amount()).isEqualTo(
                    expected.stream().map(Movement::signed).reduce(opening, BigDecimal::add));
            assertThat(statement.lines()).as("%s %s", account, month)
                    .extracting(
                            line -> line.date() + " " + line.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                                    + " " + line.amount().amount())
                    .containsExactlyInAnyOrderElementsOf(expected.stream()
                            .map(line -> line.date() + " " + line.kind() + " " + line.signed())
                            .toList());
            BigDecimal balance = opening;
            for (Statements.Line line : statement.lines()) {
                balance = balance.add(line.amount().amount());
                assertThat(line.balance().amount()).isEqualTo(balance);
            }
            lines += statement.lines().size();
        }
        assertThat(lines).isGreaterThan(STATEMENTS_COMPARED);
    }

    @Test
    void turnover_is_the_sums_of_the_files() {
        Map<String, Turned> turned = AllRows.list(bank.view(TURNOVER), Range.all())
                .stream()
                .collect(
                        Collectors.toMap(entry -> entry.key().key() + " " + YearMonth.from(entry.key().window().from()),
                                entry -> new Turned(entry.row().in().amount(), entry.row().out().amount(),
                                        entry.row().count())));

        assertThat(turned).isEqualTo(files.turnover()).hasSizeGreaterThan(15 * 10);
    }

    @Test
    void balances_of_a_day_are_those_that_the_bank_has_written_behind_the_last_movement_of_the_day() {
        Random random = new Random(seed);
        Map<LocalDate, PastView<String, BookedRow>> past = new HashMap<>();
        int compared = 0;
        try {
            List<LocalDate> days = new ArrayList<>();
            while (days.size() < 20) {
                days.add(LocalDate.parse(files.movements().get(random.nextInt(files.movements().size())).date()));
            }
            while (compared < 200) {
                LocalDate day = days.get(random.nextInt(days.size()));
                List<Movement> ofDay = files.movements()
                        .stream()
                        .filter(movement -> movement.date().equals(day.toString()))
                        .toList();
                String account = ofDay.get(random.nextInt(ofDay.size())).account();
                Optional<BigDecimal> expected = files.atEndOf(account, day.toString());
                if (expected.isPresent()) {
                    AccountRow row = past
                            .computeIfAbsent(day, until -> bank.asOf(Booked.until(until), AsOf.now())
                                    .toCompletableFuture()
                                    .join())
                            .get(account)
                            .map(BookedRow::account)
                            .orElseThrow();
                    assertThat(row.balance().amount().subtract(expected.get()).abs())
                            .as("%s on %s: %s and not %s", account, day, row, expected)
                            .isLessThanOrEqualTo(new BigDecimal("0.70"));
                    compared++;
                }
            }
        } finally {
            past.values().forEach(PastView::close);
        }
    }
}
