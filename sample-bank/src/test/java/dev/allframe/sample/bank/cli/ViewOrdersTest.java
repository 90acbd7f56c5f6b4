package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.history.Folder;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders to the views of a store on disk: each holds for the commands to come, which open the store anew. */
final class ViewOrdersTest {

    private static final LocalDate DAY = LocalDate.of(1993, 5, 1);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path data;

    private record Said(int exitCode, String out, String err) {

        JsonNode view(String name) {
            try {
                for (JsonNode view : JsonMapper.builder().build().readTree(out).get("views")) {
                    if (view.get("name").textValue().equals(name)) {
                        return view;
                    }
                }
                throw new AssertionError(out);
            } catch (JsonProcessingException broken) {
                throw new AssertionError("not JSON: " + out, broken);
            }
        }
    }

    @BeforeEach
    void threeAccounts() {
        assertThat(bank("import", "--berka", Folder.committed("czech").toString()).exitCode()).isZero();
    }

    @Test
    void what_comes_after_a_pause_is_applied_when_the_view_is_resumed() {
        Said paused = bank("view", "balances", "pause", "--reason", "audit", "--json");
        stored("3", new Deposited(czk(5), Entry.cash(DAY)));
        Said refused = bank("balances");
        Said views = bank("views", "--json");
        Said resumed = bank("view", "balances", "resume", "--json");
        Said balances = bank("balances");

        assertThat(paused.exitCode()).isZero();
        assertThat(paused.view("balances").get("state").textValue()).isEqualTo("paused");
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).startsWith("bank: view 'balances' is paused at record 1")
                .endsWith(" of 16: 'bank view balances resume' lets it go on" + System.lineSeparator());
        assertThat(views.exitCode()).isZero();
        assertThat(views.view("balances").get("state").textValue()).isEqualTo("paused");
        assertThat(views.view("turnover").get("state").textValue()).isEqualTo("live");
        assertThat(resumed.exitCode()).isZero();
        assertThat(resumed.view("balances").get("state").textValue()).isEqualTo("live");
        assertThat(balances.exitCode()).isZero();
        assertThat(balances.out()).contains("holder of account 3                      5.00 CZK");
    }

    @Test
    void a_view_that_is_verified_has_the_rows_that_its_events_make() throws Exception {
        Said same = bank("view", "turnover", "verify");
        Said json = bank("view", "balances", "verify", "--json");
        Said wrong = bank("view", "balances", "verify", "--limit", "-1");

        assertThat(same.exitCode()).isZero();
        assertThat(same.out()).startsWith("turnover at record ").contains("all are the same, digest ");
        assertThat(json.exitCode()).isZero();
        JsonNode found = JsonMapper.builder().build().readTree(json.out());
        assertThat(found.get("different").intValue()).isZero();
        assertThat(found.get("digest")).isEqualTo(found.get("digestAnew"));
        assertThat(found.get("rows").intValue()).isPositive();
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("--limit must be 0 or more");
    }

    @Test
    void how_many_differences_are_named_is_said_to_verify_as_to_compare() {
        for (String[] options : new String[][]{{"--all"}, {"--limit", "0"}}) {
            assertThat(bankWith(options, "view", "balances", "verify").exitCode()).isZero();
            for (String order : List.of("pause", "resume", "retry", "retire", "finish", "switch", "rollback")) {
                Said refused = bankWith(options, "view", "balances", order);
                assertThat(refused.exitCode()).as(order).isEqualTo(2);
                assertThat(refused.err()).startsWith("bank: --limit and --all are for verify and compare alone");
            }
        }
        Said unknown = bank("view", "balances", "compare", "--differences", "3");

        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("--differences");
    }

    private Said bankWith(String[] options, String... arguments) {
        return bank(Stream.concat(Stream.of(arguments), Stream.of(options)).toArray(String[]::new));
    }

    @Test
    void balances_of_a_day_are_by_what_was_booked_until_then() {
        stored("3", new Deposited(czk(5), Entry.cash(DAY)), new Deposited(czk(7), Entry.cash(DAY.plusDays(1))));

        Said first = bank("balances", "--at", DAY.toString());
        Said second = bank("balances", "--at", DAY.plusDays(1).toString());
        Said before = bank("balances", "--at", "1900-01-01");
        Said wrong = bank("balances", "--at", "1993-02-30");

        assertThat(first.exitCode()).isZero();
        assertThat(first.out()).contains("holder of account 3                      5.00 CZK");
        assertThat(second.out()).contains("holder of account 3                     12.00 CZK");
        assertThat(before.out()).startsWith("all 0 accounts");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("1993-02-30");
    }

    @Test
    void an_account_has_a_balance_from_its_first_movement_also_where_it_was_opened_later() {
        String opened = "1993-01-03"; // account 3
        stored("3", new Withdrawn(czk(5), Entry.cash(LocalDate.of(1993, 1, 2))),
                new Deposited(czk(7), Entry.cash(LocalDate.parse(opened))));

        Said dayBefore = bank("balances", "--at", "1993-01-01");
        Said dayOfMovement = bank("balances", "--at", "1993-01-02");
        Said dayOfOpening = bank("balances", "--at", opened);

        assertThat(dayBefore.err()).isEmpty();
        assertThat(dayBefore.exitCode()).isZero();
        assertThat(dayBefore.out()).doesNotContain("holder of account 3");
        assertThat(dayOfMovement.err()).isEmpty();
        assertThat(dayOfMovement.exitCode()).isZero();
        assertThat(dayOfMovement.out()).contains("holder of account 3                     -5.00 CZK");
        assertThat(dayOfOpening.out()).contains("holder of account 3                      2.00 CZK");
    }

    @Test
    void a_rebuilt_view_has_the_same_rows_in_another_generation_and_others_are_not_built_anew() {
        JsonNode before = bank("views", "--json").view("statements");

        Said rebuilt = bank("rebuild", "statements", "--json");
        Said after = bank("views", "--json");

        assertThat(rebuilt.exitCode()).isZero();
        assertThat(rebuilt.view("statements").get("generation").intValue()).isEqualTo(2);
        assertThat(rebuilt.view("statements").get("digest")).isEqualTo(before.get("digest"));
        assertThat(after.view("statements").get("generation").intValue()).isEqualTo(2);
        assertThat(after.view("statements").get("rows")).isEqualTo(before.get("rows"));
        assertThat(after.view("balances").get("generation").intValue()).isEqualTo(1);
        assertThat(data.resolve("views/balances/1")).isDirectory();
    }

    @Test
    void a_view_that_would_lack_deleted_events_is_rebuilt_where_that_is_accepted() {
        try (EventStoreBackend backend = AllSourceBackend.production(data)) {
            backend.deleteEventsTo(StreamId.of("account", "3"), 1).toCompletableFuture().join();
        }

        Said refused = bank("rebuild", "balances");
        Said kept = bank("balances");
        Said accepted = bank("rebuild", "balances", "--accept-deleted", "--json");

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).startsWith("bank: 1 records of the store were deleted, so that view 'balances' may")
                .endsWith("say that you accept that: --accept-deleted does" + System.lineSeparator());
        assertThat(kept.out()).contains("all 3 accounts");
        assertThat(accepted.exitCode()).isZero();
        assertThat(accepted.view("balances").get("rows").intValue()).isEqualTo(2);
    }

    @Test
    void an_event_before_which_a_view_stands_is_named_and_can_be_left_out() {
        stored("9", new Deposited(czk(5), Entry.cash(DAY)));
        stored("10", new Opened("somebody", czk(0), DAY));

        Said refused = bank("balances");
        Said views = bank("views");
        Said retried = bank("view", "balances", "retry", "--json");
        Said absent = bank("view", "balances", "skip", "--account", "nobody", "--event", "1", "--reason", "a slip");
        Said skipped = bank("view", "balances", "skip", "--account", "9", "--event", "1", "--reason", "not opened",
                "--json");
        Said balances = bank("balances");
        Said rebuilt = bank("rebuild", "balances", "--json");

        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.err()).startsWith("bank: view 'balances' stands at record 14 of 16: ")
                .contains("event 1 of account|9 failed", "'bank view balances retry'", "'skip' leaves it out");
        assertThat(views.out()).contains("failed", "event 1 of account|9 failed");
        assertThat(retried.exitCode()).isEqualTo(1);
        assertThat(retried.view("balances").get("state").textValue()).isEqualTo("failed");
        assertThat(absent.exitCode()).isEqualTo(2);
        assertThat(absent.err()).contains("there is no event 1 of account|nobody, which has none");
        assertThat(skipped.exitCode()).isZero();
        assertThat(skipped.view("balances").get("state").textValue()).isEqualTo("live");
        assertThat(balances.exitCode()).isZero();
        assertThat(balances.out()).contains("all 4 accounts", "somebody");
        assertThat(rebuilt.exitCode()).isZero();
        assertThat(rebuilt.view("balances").get("rows").intValue()).isEqualTo(4);
    }

    @Test
    void all_views_are_rebuilt_but_one_that_is_retired_which_comes_back_when_it_is_rebuilt_itself() {
        Said retired = bank("view", "turnover", "retire", "--reason", "nobody reads it", "--json");
        Said refused = bank("turnover");
        Said all = bank("rebuild", "--all", "--json");
        Said views = bank("views", "--json");
        Said back = bank("rebuild", "turnover", "--json");
        Said turnover = bank("turnover");

        assertThat(retired.exitCode()).as(retired.err()).isZero();
        assertThat(retired.view("turnover").get("state").textValue()).isEqualTo("retired");
        assertThat(data.resolve("views/turnover")).as("until it was rebuilt").isDirectoryContaining("glob:**/1");
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.err()).isEqualTo("bank: view 'turnover' is retired: 'bank rebuild turnover' brings it back"
                + System.lineSeparator());
        assertThat(all.exitCode()).as(all.err()).isZero();
        for (String name : List.of("balances", "customers", "statements")) {
            assertThat(all.view(name).get("generation").intValue()).isEqualTo(2);
            assertThat(all.view(name).get("state").textValue()).isEqualTo("live");
            assertThat(data.resolve("views").resolve(name)).isDirectoryNotContaining("glob:**/1");
        }
        assertThat(all.out()).doesNotContain("turnover");
        assertThat(views.view("turnover").get("state").textValue()).isEqualTo("retired");
        assertThat(back.exitCode()).as(back.err()).isZero();
        assertThat(turnover.exitCode()).isZero();
    }

    @Test
    void files_of_a_view_that_the_bank_has_no_more_are_listed_and_deleted_when_it_is_retired() throws IOException {
        Files.move(data.resolve("views/turnover"), data.resolve("views/interest"));

        Said views = bank("views", "--json");
        Said refused = bank("view", "interest", "pause");
        Said retired = bank("view", "interest", "retire");

        assertThat(views.view("interest").get("state").textValue()).isEqualTo("unregistered");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).startsWith("bank: there is no view 'interest'");
        assertThat(retired.exitCode()).as(retired.err()).isZero();
        assertThat(retired.out()).doesNotContain("interest").contains("balances", "turnover");
        assertThat(data.resolve("views/interest")).doesNotExist();
        assertThat(bank("view", "interest", "retire").exitCode()).isEqualTo(2);
    }

    private void stored(String account, AccountEvent... events) {
        try (EventStoreBackend backend = AllSourceBackend.production(data)) {
            EventStore.of(backend, ACCOUNT, JacksonEventCodec.of(ACCOUNT))
                    .append(account, ExpectedVersion.any(), List.of(events))
                    .toCompletableFuture()
                    .join();
        }
    }

    private Said bank(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", data.toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Bank.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
        return new Said(exitCode, out.toString(), err.toString());
    }
}
