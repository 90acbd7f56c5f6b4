package dev.allframe.sample.bank.history;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.account.AccountCommand.Book;
import dev.allframe.sample.bank.account.AccountCommand.Side;
import dev.allframe.sample.bank.account.AccountCommand.Withdraw;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Entry.Kind;
import dev.allframe.sample.bank.account.StandingOrder;
import dev.allframe.sample.bank.ledger.Ledger;
import dev.allframe.store.RecordedEvent;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On real actors and a store of its own for each test. */
final class HistoryImportTest {

    private static final Path CZECH = Folder.committed("czech");

    private final AllFrame bank = AllFrame.standalone("import-test").aggregate(ACCOUNT).start();
    private final AtomicInteger answers = new AtomicInteger();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temp;

    @AfterEach
    void close() {
        bank.close();
    }

    @Test
    void every_balance_is_reproduced_in_an_order_that_the_file_does_not_have() {
        ImportReport report = imported(CZECH);

        assertThat(report.accounts()).isEqualTo(3);
        assertThat(report.orders()).isEqualTo(2);
        assertThat(report.transactions()).isEqualTo(9);
        assertThat(report.events()).isEqualTo(14);
        assertThat(report.accountsChecked()).isEqualTo(2);
        assertThat(report.maxDifference()).isEqualTo(czk("0.05"));
        assertThat(report.isGood()).isTrue();
        assertThat(report.tally().accepted()).isEqualTo(14);
        assertThat(answers).hasValue(14);
        assertThat(report.remarks()).isEmpty();
        assertThat(report.problems()).isEmpty();
        assertThat(report.badLines()).isEmpty();
    }

    @Test
    void history_is_stored_as_the_facts_it_is_also_below_zero_and_does_not_lift_the_limit_for_others() {
        imported(CZECH);

        assertThat(stored("2")).containsExactly(
                new Opened("holder of account 2", czk(0), LocalDate.of(1993, 1, 2)),
                new OrderPlaced("29402", new StandingOrder(czk("372.70"), new Counterparty("ST", "89597016"), "")),
                new Deposited(czk(1000), Entry.cash(LocalDate.of(1993, 1, 2)).referring("201")),
                new Withdrawn(czk(1400),
                        Entry.remittance(LocalDate.of(1993, 1, 31), new Counterparty("QR", "13943797"), "household")
                                .referring("202")),
                new Withdrawn(czk("3.20"), new Entry(Kind.PENALTY_INTEREST, LocalDate.of(1993, 2, 28), "203",
                        "penalty interest", null)));
        assertThat(bank.commands()
                .dispatchAndWait(ACCOUNT, "2", new Withdraw(czk(1), Entry.cash(LocalDate.of(1993, 3, 1)))))
                .hasToString("Refused[code=insufficient-funds, message=, details={available=-403.20 CZK}]");
    }

    @Test
    void the_english_files_store_the_same_events() {
        imported(Folder.committed("english"));
        List<AccountEvent> english = stored("1");

        try (AllFrame other = AllFrame.standalone("other").aggregate(ACCOUNT).start()) {
            HistoryImport.read(List.of(CZECH), true)
                    .run(other.commands(), new Ledger(other.eventStore(ACCOUNT)), () -> {});
            assertThat(english).isEqualTo(other.eventStore(ACCOUNT)
                    .streamEvents("1")
                    .map(RecordedEvent::event)
                    .filter(event -> !(event instanceof OrderPlaced))
                    .toList());
        }
    }

    @Test
    void the_same_folder_twice_in_one_run_stores_nothing_twice() {
        ImportReport report = imported(CZECH, CZECH);

        assertThat(report.events()).isEqualTo(14);
        assertThat(report.transactions()).isEqualTo(9);
        assertThat(report.tally().repeated()).isEqualTo(14);
        assertThat(report.tally().accepted()).isEqualTo(14);
        assertThat(report.accountsChecked()).isEqualTo(2);
        assertThat(report.maxDifference()).isEqualTo(czk("0.05"));
        assertThat(report.isGood()).isTrue();
    }

    @Test
    void an_account_with_more_transactions_than_it_remembers_commands_is_imported_once_too() {
        String[] rows = new String[1_200];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = String.format(Locale.ROOT, "%d;1;%s;PRIJEM;VKLAD;1.00;%d.00;;;", 5_000 + i,
                    LocalDate.of(1993, 1, 5).plusDays(i).format(DateTimeFormatter.ofPattern("yyMMdd", Locale.ROOT)),
                    i + 1);
        }
        Path folder = Folder.written(temp, rows);

        ImportReport report = imported(folder, folder);

        assertThat(report.transactions()).isEqualTo(1_200);
        assertThat(report.tally().repeated()).isEqualTo(1_201);
        assertThat(report.missing()).isZero();
        assertThat(report.maxDifference()).isEqualTo(czk(0));
        assertThat(report.isGood()).isTrue();
    }

    @Test
    void words_for_no_value_are_none() {
        ImportReport report = imported(Folder.written(temp, "5;1;930105;PRIJEM;nan;10.00;10.00;NaN;null;?",
                "6;1;930106;PRIJEM;VKLAD;10.00;20.00;N/A;NA;None"));

        assertThat(report.badLines()).isEmpty();
        assertThat(stored("1")).contains(
                new Deposited(czk(10), new Entry(Kind.OTHER, LocalDate.of(1993, 1, 5), "5", "", null)),
                new Deposited(czk(10), Entry.cash(LocalDate.of(1993, 1, 6)).referring("6")));
    }

    /** A program that reads a column with empty fields as numbers writes them with a decimal. */
    @Test
    void an_account_of_another_bank_may_be_written_as_a_decimal() {
        imported(Folder.written(temp, "5;1;930105;PRIJEM;PREVOD Z UCTU;10.00;10.00;NaN;YZ;62457513.0"));

        assertThat(stored("1")).last()
                .isEqualTo(new Deposited(czk(10), Entry.remittance(LocalDate.of(1993, 1, 5),
                        new Counterparty("YZ", "62457513"), "").referring("5")));
    }

    @Test
    void a_second_import_into_the_same_store_stores_nothing_either() {
        imported(CZECH);
        ImportReport second = imported(CZECH);

        assertThat(second.events()).isEqualTo(14);
        assertThat(second.isGood()).isTrue();
    }

    @Test
    void a_folder_that_goes_on_where_the_other_ended_is_checked_as_one() {
        Folder.written(temp, "107;1;930301;VYDAJ;VYBER;100.00;8000.00;;;", "105;1;930228;VYBER;VYBER;500.00;8190.90;;;",
                "108;1;930302;PRIJEM;VKLAD;1.00;8001.00;;;");
        Folder.write(temp.resolve("account.asc"), "account_id;date\n1;930101\n");

        ImportReport report = imported(CZECH, temp);

        assertThat(report.transactions()).isEqualTo(11);
        assertThat(report.tally().repeated()).isEqualTo(2); // the account and the transaction 105
        assertThat(report.accountsChecked()).isEqualTo(2);
        assertThat(report.remarks()).isEmpty();
        assertThat(report.isGood()).isTrue();
    }

    @Test
    void an_account_whose_beginning_is_missing_is_stored_but_not_checked() {
        ImportReport report = imported(Folder.written(temp, "5;1;930105;PRIJEM;VKLAD;10.00;5010.00;;;",
                "6;1;930106;PRIJEM;VKLAD;10.00;5020.00;;;"));

        assertThat(report.transactions()).isEqualTo(2);
        assertThat(report.accountsChecked()).isZero();
        assertThat(report.accountsNotChecked()).isEqualTo(1);
        assertThat(report.maxDifference()).isEqualTo(czk(0));
        assertThat(report.remarks()).singleElement()
                .asString()
                .startsWith("account 1: begins in the middle of its life");
        assertThat(report.isGood()).isTrue();
    }

    @Test
    void transactions_of_an_account_that_does_not_exist_are_rejected_and_missed() {
        ImportReport report = imported(Folder.written(temp, "5;1;930105;PRIJEM;VKLAD;10.00;10.00;;;",
                "6;9;930106;PRIJEM;VKLAD;10.00;10.00;;;"));

        assertThat(report.transactions()).isEqualTo(1);
        assertThat(report.accountsChecked()).as("nothing of account 9 was compared").isEqualTo(1);
        assertThat(report.tally().refused()).containsExactly(Map.entry("not-open", 1));
        assertThat(report.tally().problems()).containsExactly("account 9, command trans-6, trans.asc:3: not-open");
        assertThat(report.missing()).isEqualTo(1);
        assertThat(report.problems()).containsExactly("account 9: 1 of its 1 transactions are not in the store");
        assertThat(report.isGood()).isFalse();
    }

    @Test
    void a_number_that_is_used_for_two_transactions_is_rejected_the_second_time() {
        ImportReport report = imported(Folder.written(temp, "5;1;930105;PRIJEM;VKLAD;10.00;10.00;;;",
                "5;1;930106;PRIJEM;VKLAD;20.00;30.00;;;"));

        assertThat(report.transactions()).isEqualTo(1);
        assertThat(report.tally().failed()).containsExactly(Map.entry("idempotency-conflict", 1));
        assertThat(report.isGood()).isFalse();
    }

    @Test
    void a_row_that_is_repeated_with_another_balance_is_a_conflict() {
        ImportReport report = imported(Folder.written(temp, "5;1;930105;PRIJEM;VKLAD;10.00;10.00;;;",
                "5;1;930105;PRIJEM;VKLAD;10.00;99.00;;;"));

        assertThat(report.transactions()).isEqualTo(1);
        assertThat(report.tally().repeated()).isZero();
        assertThat(report.tally().failed()).containsExactly(Map.entry("idempotency-conflict", 1));
        assertThat(report.tally().problems()).containsExactly(
                "account 1, command trans-5, trans.asc:3: the files have it twice, with different contents; the first, "
                        + "trans.asc:2, was taken");
        assertThat(report.isGood()).isFalse();
    }

    @Test
    void a_number_that_is_used_in_two_accounts_is_a_conflict() {
        Folder.written(temp, "5;1;930105;PRIJEM;VKLAD;10.00;10.00;;;", "5;2;930105;PRIJEM;VKLAD;10.00;10.00;;;");
        Folder.write(temp.resolve("account.asc"), "account_id;date\n1;930101\n2;930101\n");

        ImportReport report = imported(temp);

        assertThat(report.transactions()).isEqualTo(1);
        assertThat(report.tally().failed()).containsExactly(Map.entry("idempotency-conflict", 1));
        assertThat(stored("2")).containsExactly(new Opened("holder of account 2", czk(0), LocalDate.of(1993, 1, 1)));
        assertThat(report.missing()).isZero();
        assertThat(report.isGood()).isFalse();
    }

    @Test
    void an_account_and_an_order_that_change_from_folder_to_folder_are_conflicts() {
        Folder.written(temp, "301;1;930401;PRIJEM;VKLAD;1.00;8100.95;;;");
        Folder.write(temp.resolve("account.asc"), "account_id;date\n1;930102\n");
        Folder.write(temp.resolve("order.asc"),
                "order_id;account_id;bank_to;account_to;amount;k_symbol\n29401;1;YZ;87144583;9.00;SIPO\n");

        ImportReport report = imported(CZECH, temp);

        assertThat(report.events()).isEqualTo(15);
        assertThat(report.tally().problems()).containsExactly(
                twice("open-1", "account.asc:2", "account.asc:2"),
                twice("order-29401", "order.asc:2", "order.asc:2"));
    }

    private String twice(String commandId, String second, String first) {
        return "account 1, command " + commandId + ", " + temp.resolve(second)
                + ": the files have it twice, with different contents; the first, " + CZECH.resolve(first)
                + ", was taken";
    }

    @Test
    void what_is_stored_twice_is_told_also_where_balances_cannot_be_checked() {
        Folder.written(temp, "5;1;930105;PRIJEM;VKLAD;1.00;701.00;;;", "6;1;930106;PRIJEM;VKLAD;2.00;703.00;;;");
        imported(temp);
        Entry entry = Entry.cash(LocalDate.of(1993, 1, 5)).referring("5");
        bank.commands().dispatchAndWait(ACCOUNT, "1", new Book(czk(1), Side.CREDIT, entry)).orThrow();

        ImportReport second = imported(temp);

        assertThat(second.accountsNotChecked()).isEqualTo(1);
        assertThat(second.transactions()).isEqualTo(3);
        assertThat(second.missing()).isZero();
        assertThat(second.doubled()).isEqualTo(1);
        assertThat(second.problems())
                .containsExactly("account 1: 1 movements are in the store again, the first is transaction 5");
        assertThat(second.isGood()).isFalse();
    }

    @Test
    void a_line_that_was_skipped_is_missed_in_the_balance() {
        ImportReport report = imported(Folder.written(temp, "5;1;930105;PRIJEM;VKLAD;10.00;10.00;;;",
                "6;1;930106;PRIJEM;VKLAD;2O.00;30.00;;;", "7;1;930107;PRIJEM;VKLAD;1.00;31.00;;;",
                "8;1;930108;PRIJEM;VKLAD;1.00;32.00;;;"));

        assertThat(report.transactions()).isEqualTo(3);
        assertThat(report.badLines()).containsExactly(new BadLine("trans.asc", 3, "amount '2O.00' is not an amount"));
        assertThat(report.maxDifference()).isEqualTo(czk(20));
        assertThat(report.mismatches()).isEqualTo(1);
        assertThat(report.problems()).containsExactly(
                "account 1: after transaction 7 of 1993-01-07 the balance is 11.00 CZK, the bank's own is 31.00 CZK");
        assertThat(report.remarks()).singleElement().asString().startsWith("account 1: transactions are missing");
        assertThat(report.isGood()).isFalse();
    }

    private ImportReport imported(Path... folders) {
        return HistoryImport.read(List.of(folders), false)
                .run(bank.commands(), new Ledger(bank.eventStore(ACCOUNT)), answers::incrementAndGet);
    }

    private List<AccountEvent> stored(String account) {
        return bank.eventStore(ACCOUNT).streamEvents(account).map(RecordedEvent::event).toList();
    }
}
