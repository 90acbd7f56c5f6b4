package dev.allframe.sample.bank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.sample.bank.cli.BankOnDisk.Said;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bank transfer}, {@code sagas} and {@code saga}, on a store on disk. */
final class TransfersOfBankTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path data;

    @SuppressWarnings("NullAway.Init") // set before each test
    private BankOnDisk bank;

    @BeforeEach
    void threeAccounts() {
        bank = BankOnDisk.withThreeAccounts(data.resolve("store"));
    }

    private Said bank(String... arguments) {
        return bank.run(arguments);
    }

    @Test
    void a_transfer_that_has_arrived_ends_with_0_and_every_other_with_1() {
        Said done = bank("transfer", "1", "2", "30.50", "--id", "t-1", "--on", "1993-05-02", "--json");
        Said again = bank("transfer", "1", "2", "30.50", "--id", "t-1", "--on", "1993-05-02");
        Said other = bank("transfer", "1", "2", "31", "--id", "t-1", "--on", "1993-05-02");
        Said poor = bank("transfer", "1", "2", "70", "--id", "t-2");
        Said closed = bank("transfer", "1", "3", "5", "--id", "t-3");
        Said unknown = bank("transfer", "1", "4", "5", "--json");
        Said sagas = bank("sagas", "--json");
        Said undone = bank("sagas", "--state", "compensated", "--limit", "1");
        Said history = bank("saga", "t-3", "--json");
        Said statement = bank("statement", "1", "--month", "1993-05", "--json");

        assertThat(done.exitCode()).as(done.err()).isZero();
        assertThat(done.json().toString()).isEqualTo("{\"id\":\"t-1\",\"state\":\"completed\",\"from\":\"1\",\"to\":"
                + "\"2\",\"amount\":\"30.50\",\"reason\":\"\"}");
        assertThat(again.exitCode()).isZero();
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err()).contains("was begun with another context");
        assertThat(poor.exitCode()).isEqualTo(1);
        assertThat(poor.out()).contains("transfer t-2 of 70.00 CZK from 1 to 2: compensated, insufficient-funds");
        assertThat(closed.exitCode()).isEqualTo(1);
        assertThat(closed.out()).contains("compensated, closed");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.json().get("reason").textValue()).startsWith("not-open");
        assertThat(sagas.json().get("counts").toString())
                .isEqualTo("{\"running\":0,\"completed\":1,\"compensated\":3,\"parked\":0}");
        assertThat(sagas.json().get("sagas")).hasSize(4);
        assertThat(undone.out().lines().toList()).hasSize(2).last().asString().contains("1 completed, 3 compensated");
        assertThat(history.json().get("history").toString()).contains("step-not-done", "undone", "compensated");
        assertThat(statement.json().toString()).contains("\"amount\":\"-30.50\"");
    }

    @Test
    void what_cannot_be_is_told_in_one_sentence() {
        for (String[] wrong : new String[][]{{"transfer", "1", "1", "5", "an account cannot pay itself"},
                {"transfer", "1", "2", "0", "must be more than 0"},
                {"transfer", "1", "2", "0.001", "more than two decimals"},
                {"transfer", "1", "2", "much", "is no amount"},
                {"transfer", "1", "2", "1e999999999", "is no amount that"},
                {"transfer", "1", "2", "1e-999999999", "is no amount that"},
                {"transfer", "1|2", "2", "5", "there is no account '1|2'"},
                {"saga", "t-9", "there is no saga 't-9': 'bank sagas' lists"},
                {"saga", "t-9", "--definition", "transfer", "there is no saga 't-9' of 'transfer': 'bank sagas' lists"},
                {"saga", "t-9", "fly", "there is no order 'fly'"}, {"saga", "a|b", "must not contain"},
                {"saga", "t-9", "settle", "settle needs --as done"},
                {"sagas", "--limit", "0", "--limit must be 1 to"}}) {
            String[] arguments = Arrays.copyOf(wrong, wrong.length - 1);
            Said said = bank(arguments);

            assertThat(said.exitCode()).as(said.err()).isEqualTo(2);
            assertThat(said.err()).contains(wrong[wrong.length - 1]);
            assertThat(said.err().lines()).hasSize(1);
        }
        bank("transfer", "1", "2", "5", "--id", "t-1");
        for (String order : List.of("retry", "skip", "turn-back")) {
            Said said = bank("saga", "t-1", order);
            assertThat(said.exitCode()).isEqualTo(2);
            assertThat(said.err())
                    .isEqualTo("bank: the saga is not parked; it is completed: 'bank saga t-1' shows what has"
                            + " happened\n");
        }
        assertThat(bank("saga", "t-1", "cancel").err()).isEqualTo("bank: the saga has ended; it is completed:"
                + " 'bank saga t-1' shows what has happened\n");
        assertThat(bank("transfer", "1", "2", "5", "--backend", "memory").exitCode()).isEqualTo(2);
    }
}
