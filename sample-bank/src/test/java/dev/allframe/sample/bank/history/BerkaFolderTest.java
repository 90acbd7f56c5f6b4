package dev.allframe.sample.bank.history;

import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.PlaceOrder;
import dev.allframe.sample.bank.account.AccountCommand.Side;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Entry.Kind;
import dev.allframe.sample.bank.account.StandingOrder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BerkaFolderTest {

    private static final LocalDate JANUARY_31 = LocalDate.of(1993, 1, 31);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temp;

    @Test
    void the_banks_own_codes_are_understood() {
        BerkaFolder folder = BerkaFolder.read(Folder.committed("czech"), true);

        assertThat(folder.accounts()).containsOnlyKeys("1", "2", "3")
                .extractingByKey("2")
                .isEqualTo(new Located<>(new Open("holder of account 2", czk(0), LocalDate.of(1993, 1, 2)),
                        Folder.committed("czech").resolve("account.asc"), 3));
        assertThat(folder.orders()).extracting(Located::row)
                .containsExactly(
                        new BerkaFolder.Order("1",
                                new PlaceOrder("29401",
                                        new StandingOrder(czk(2452), new Counterparty("YZ", "87144583"), "household"))),
                        new BerkaFolder.Order("2", new PlaceOrder("29402",
                                new StandingOrder(czk("372.70"), new Counterparty("ST", "89597016"), ""))));
        assertThat(folder.transactions()).extracting(Located::row)
                .hasSize(9)
                .contains(
                        new Transaction("102", "1", czk(8000), Side.CREDIT, czk(8700),
                                new Entry(Kind.REMITTANCE, JANUARY_31, "102", "pension",
                                        new Counterparty("YZ", "62457513"))),
                        new Transaction("103", "1", czk("5.45"), Side.CREDIT, czk("8705.50"),
                                new Entry(Kind.INTEREST, JANUARY_31, "103", "interest", null)),
                        new Transaction("104", "1", czk("14.60"), Side.DEBIT, czk("8690.90"),
                                new Entry(Kind.FEE, JANUARY_31, "104", "statement fee", null)),
                        new Transaction("202", "2", czk(1400), Side.DEBIT, czk(-400),
                                new Entry(Kind.REMITTANCE, JANUARY_31, "202", "household",
                                        new Counterparty("QR", "13943797"))));
        assertThat(folder.transactions()).extracting(located -> located.row().entry().kind())
                .containsExactly(Kind.CASH, Kind.CASH, Kind.FEE, Kind.REMITTANCE, Kind.INTEREST, Kind.REMITTANCE,
                        Kind.PENALTY_INTEREST, Kind.CASH, Kind.CARD);
        assertThat(folder.badLines()).isEmpty();
    }

    @Test
    void english_codes_commas_iso_dates_and_other_columns_mean_the_same() {
        BerkaFolder english = BerkaFolder.read(Folder.committed("english"), true);

        assertThat(english.transactions()).extracting(Located::row)
                .isEqualTo(BerkaFolder.read(Folder.committed("czech"), true)
                        .transactions()
                        .stream()
                        .map(Located::row)
                        .toList());
        assertThat(english.orders()).isEmpty();
    }

    @Test
    void every_transaction_file_is_read_in_the_order_of_names() {
        Folder.written(temp, "2;1;930102;PRIJEM;VKLAD;1;2;;;");
        Folder.write(temp.resolve("trans-1.csv"), Folder.HEADER + "1;1;930101;PRIJEM;VKLAD;1;1;;;\n");
        Folder.write(temp.resolve("transactions.txt"), "not one of them");
        Folder.write(temp.resolve("old-trans.asc"), "not one of them");

        assertThat(BerkaFolder.read(temp, true).transactions())
                .extracting(located -> located.row().id() + " of " + located.place())
                .containsExactly("1 of trans-1.csv:2", "2 of trans.asc:2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            7;1;930101;PRIJEM;VKLAD;700.00               | 6 fields, but the first line names 10 columns
            7;1;930101;PRIJEM;VKLAD;700.00;700.00;;;;     | 11 fields, but the first line names 10 columns
            ;1;930101;PRIJEM;VKLAD;700.00;700.00;;;       | trans_id is empty
            7;x;930101;PRIJEM;VKLAD;700.00;700.00;;;      | account_id 'x' is not a number
            7;1;930231;PRIJEM;VKLAD;700.00;700.00;;;      | date '930231' is neither yyMMdd nor ISO
            7;1;1993/01/01;PRIJEM;VKLAD;700.00;700.00;;;  | date '1993/01/01' is neither yyMMdd nor ISO
            7;1;930101;GIFT;VKLAD;700.00;700.00;;;        | unknown type 'GIFT'
            7;1;930101;PRIJEM;MAGIC;700.00;700.00;;;      | unknown operation 'MAGIC'
            7;1;930101;VYDAJ;VKLAD;700.00;700.00;;;       | type 'VYDAJ' and operation 'VKLAD' contradict each other
            7;1;930101;PRIJEM;VKLAD;7OO;700.00;;;         | amount '7OO' is not an amount
            7;1;930101;PRIJEM;VKLAD;-1.00;700.00;;;       | amount '-1.00' is negative
            7;1;930101;PRIJEM;VKLAD;1.001;700.00;;;       | amount '1.001' has more than two decimals
            7;1;930101;PRIJEM;VKLAD;1.00;1e99;;;          | balance '1e99' is not an amount
            7;1;930101;"PRIJEM;VKLAD;1.00;1.00;;;         | a quote is not closed, or text follows a closing quote
            """)
    void a_malformed_line_is_reported_with_file_line_and_reason_and_the_others_are_read(String line, String reason) {
        Folder.written(temp, "6;1;930101;PRIJEM;VKLAD;1.00;1.00;;;", "", line, "8;1;930102;PRIJEM;VKLAD;1.00;2.00;;;");

        BerkaFolder folder = BerkaFolder.read(temp, false);

        assertThat(folder.badLines()).containsExactly(new BadLine("trans.asc", 4, reason));
        assertThat(folder.badLines().getFirst()).hasToString("trans.asc:4: " + reason);
        assertThat(folder.transactions()).extracting(located -> located.row().id()).containsExactly("6", "8");
        assertThatThrownBy(() -> BerkaFolder.read(temp, true)).isInstanceOf(InputException.class)
                .hasMessage(temp.resolve("trans.asc") + ":4: " + reason);
    }

    @Test
    void malformed_accounts_and_orders_are_reported_too() {
        Folder.written(temp);
        Folder.write(temp.resolve("account.asc"), "account_id,date\n1,930101\n1,930102\n2,\n");
        Folder.write(temp.resolve("order.asc"), """
                order_id,account_id,bank_to,account_to,amount
                1,1,AB,5,0.00
                2,1,,5,3.00
                """);

        assertThat(BerkaFolder.read(temp, false).badLines()).extracting(BadLine::toString)
                .containsExactly("account.asc:3: account 1 is in the file already", "account.asc:4: date is empty",
                        "order.asc:2: amount is zero", "order.asc:3: bank_to is empty");
    }

    @Test
    void any_charset_is_read() throws IOException {
        Folder.written(temp);
        Files.write(temp.resolve("trans.asc"),
                ("\uFEFF" + Folder.HEADER + "1;1;930101;PRIJEM;VKLAD;1.00;1.00;důchod;;\n")
                        .getBytes(StandardCharsets.UTF_8));
        Files.write(temp.resolve("trans2.asc"), (Folder.HEADER + "2;1;930101;PRIJEM;VKLAD;1.00;1.00;café;;\n")
                .getBytes(StandardCharsets.ISO_8859_1));

        assertThat(BerkaFolder.read(temp, true).transactions()).extracting(located -> located.row().entry().purpose())
                .containsExactly("důchod", "café");
    }

    @Test
    void a_folder_that_cannot_be_used_is_refused_in_one_sentence() {
        assertThatThrownBy(() -> BerkaFolder.read(temp.resolve("no"), false)).isInstanceOf(InputException.class)
                .hasMessage("there is no folder " + temp.resolve("no"));
        assertThatThrownBy(() -> BerkaFolder.read(temp, false)).hasMessage("there is no account.asc in " + temp);
        Folder.write(temp.resolve("account.asc"), Folder.ACCOUNTS);
        assertThatThrownBy(() -> BerkaFolder.read(temp, false))
                .hasMessage("there is no trans*.asc and no trans*.csv in " + temp);
        Path file = Folder.write(temp.resolve("trans.asc"), "");
        assertThatThrownBy(() -> BerkaFolder.read(temp, false))
                .hasMessage(file + " is empty: its first line must name the columns");
        Folder.write(file, Folder.HEADER.replace("balance", "saldo"));
        assertThatThrownBy(() -> BerkaFolder.read(temp, false))
                .hasMessage(file + ": its first line names no column 'balance'");
        Folder.write(file, Folder.HEADER.replace("bank", "account"));
        assertThatThrownBy(() -> BerkaFolder.read(temp, false)).hasMessage(file + ": two columns have the same name");
    }
}
