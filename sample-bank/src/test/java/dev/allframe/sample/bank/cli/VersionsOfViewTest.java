package dev.allframe.sample.bank.cli;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.views.Balances.BALANCES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.projection.Change;
import dev.allframe.projection.ProjectionType;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.history.Folder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bank does in which a view has newer code: each command opens the store anew. */
final class VersionsOfViewTest {

    /** How often something was booked: what the balances are replaced by, for who knows no better. */
    record Bookings(String owner, long count) {}

    private static final ProjectionType<String, Bookings> BOOKINGS = ProjectionType
            .named(BALANCES.name(), version(2), String.class, Bookings.class)
            .from(ACCOUNT, (event, info) -> onAccount(event, info.id()))
            .replacing(BALANCES, row -> new Bookings(row.owner(), row.owner().endsWith("1") ? 2 : 0));

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path data;

    private AutoCloseable newer = () -> {};

    private record Said(int exitCode, String out, String err) {

        JsonNode json() {
            try {
                return JsonMapper.builder().build().readTree(out);
            } catch (JsonProcessingException broken) {
                throw new AssertionError("not JSON: " + out + err, broken);
            }
        }

        JsonNode view() {
            return json().get("views").get(0);
        }
    }

    private static Change<String, Bookings> onAccount(AccountEvent event, String id) {
        return switch (event) {
            case Opened(var owner, var overdraft, var on) -> Change.put(id, new Bookings(owner, 0));
            case Deposited deposited -> booked(id);
            case Withdrawn withdrawn -> booked(id);
            case AccountEvent other -> none();
        };
    }

    private static Change<String, Bookings> booked(String id) {
        return upsert(id, new Bookings("", 0), row -> new Bookings(row.owner(), row.count() + 1));
    }

    @BeforeEach
    void threeAccountsOfAnOldBank() {
        assertThat(bank("import", "--berka", Folder.committed("czech").toString()).exitCode()).isZero();
        newer = BankViews.with(BOOKINGS);
    }

    @AfterEach
    void end() throws Exception {
        newer.close();
    }

    @Test
    void versions_are_compared_switched_rolled_back_and_finished() {
        Said before = bank("views", "--json");
        Said differ = bank("view", "balances", "compare", "--json", "--all");
        Said first = bank("view", "balances", "compare", "--limit", "1");

        assertThat(before.json().findValuesAsText("version")).containsExactly("1", "2", "1", "2", "1");
        assertThat(differ.exitCode()).isEqualTo(1);
        assertThat(differ.json().get("oldVersion").intValue()).isEqualTo(1);
        assertThat(differ.json().get("newVersion").intValue()).isEqualTo(2);
        assertThat(differ.json().get("oldRows")).isEqualTo(differ.json().get("newRows"));
        int different = differ.json().get("different").intValue();
        assertThat(different).isBetween(1, 3);
        assertThat(differ.json().get("differences")).hasSize(different)
                .allSatisfy(each -> assertThat(each.get("difference").textValue()).isEqualTo("differs"));
        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(first.out()).startsWith("balances at record ")
                .contains("version 1 has 3 rows, version 2 has 3", "differ\n", ": differs\n    old  ", "\n    new  ");

        Said switched = bank("view", "balances", "switch", "--reason", "the new ones are right", "--json");
        assertThat(switched.exitCode()).as(switched.err()).isZero();
        assertThat(switched.view().get("version").intValue()).isEqualTo(2);
        assertThat(switched.view().get("other").get("version").intValue()).isEqualTo(1);
        assertThat(bank("views").out()).contains("version 2 answers; version 1 is live at ");
        assertThat(bank("view", "balances", "rollback", "--json").view().get("version").intValue()).isEqualTo(1);

        Said early = bank("view", "balances", "finish");
        assertThat(early.exitCode()).isEqualTo(3);
        assertThat(early.err()).contains("version 1 answers here, and cannot be given up");
        assertThat(bank("view", "balances", "switch").exitCode()).isZero();
        Said finished = bank("view", "balances", "finish", "--reason", "sure", "--json");
        assertThat(finished.exitCode()).as(finished.err()).isZero();
        assertThat(finished.view().get("other").get("state").textValue()).isEqualTo("retired");
        Said late = bank("view", "balances", "rollback");
        assertThat(late.exitCode()).isEqualTo(3);
        assertThat(late.err()).isEqualTo("bank: view 'balances': version 1 has no rows any more: it was given up\n");
        assertThat(bank("views", "--json").json().get("views").get(0).get("version").intValue()).isEqualTo(2);
    }

    @Test
    void what_cannot_be_asked_is_refused() {
        Said alone = bank("view", "turnover", "compare");
        Said limit = bank("view", "balances", "compare", "--limit", "-1");
        Said both = bank("view", "balances", "compare", "--limit", "1", "--all");
        Said unknown = bank("view", "balances", "swap");
        Said help = bank("view", "--help");

        assertThat(alone.exitCode()).isEqualTo(2);
        assertThat(alone.err()).isEqualTo("bank: view 'turnover' replaces no other version\n");
        assertThat(limit.exitCode()).isEqualTo(2);
        assertThat(limit.err()).contains("--limit must be 0 or more");
        assertThat(both.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("there is no order 'swap'", "compare, switch, rollback and finish");
        assertThat(help.out()).contains("compare:", "switch:", "rollback:", "finish:", "exit code 1");
    }

    private Said bank(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (!all.contains("--help")) {
            all.addAll(List.of("--data", data.toString()));
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Bank.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
        return new Said(exitCode, out.toString(), err.toString());
    }
}
