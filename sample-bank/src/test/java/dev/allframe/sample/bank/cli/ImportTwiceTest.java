package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.history.Folder;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bank import} twice into one folder, each time with the store opened anew: each row is there once, and what it
 * said the first time stays.
 */
@Guarantee("G5")
final class ImportTwiceTest {

    private static final String[] ROWS = {"5;1;930105;PRIJEM;VKLAD;10.00;10.00;;;",
            "6;1;930106;PRIJEM;VKLAD;20.00;30.00;;;",
            "7;1;930107;VYDAJ;VYBER;5.00;25.00;;;"};
    private static final String CONFLICT = "account 1, command trans-6, trans.asc:3: idempotency-conflict: "
            + "command id 'trans-6' was used before for a command with other contents";

    /** More than an account remembers. */
    private static final int MANY = 1_500;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temp;

    private record Said(int exitCode, String out, String err) {

        JsonNode json() throws IOException {
            return JsonMapper.builder().build().readTree(out);
        }
    }

    @Test
    void the_same_files_are_stored_once_and_the_second_report_counts_the_repeats() throws Exception {
        Said first = imported("--json", ROWS);
        List<RecordedEvent<AccountEvent>> stored = stored();
        Said second = imported("--json", ROWS);
        Said third = imported("--no-progress", ROWS);

        assertThat(first.json().get("repeated").intValue()).isZero();
        assertThat(stored).hasSize(4);
        assertThat(second.exitCode()).isZero();
        assertThat(second.err()).isEmpty();
        assertThat(second.json().get("repeated").intValue()).isEqualTo(4);
        assertThat(second.json().get("conflicts").intValue()).isZero();
        assertThat(second.json().get("events").intValue()).isEqualTo(4);
        assertThat(third.exitCode()).isZero();
        assertThat(third.out()).contains("repeated                   4   recognised by their ids, not stored again");
        assertThat(stored()).isEqualTo(stored);
    }

    @Test
    void a_row_with_another_amount_is_a_conflict_with_its_file_and_line_and_changes_nothing() throws Exception {
        imported("--json", ROWS);
        List<RecordedEvent<AccountEvent>> stored = stored();
        String[] changed = ROWS.clone();
        changed[1] = "6;1;930106;PRIJEM;VKLAD;21.00;30.00;;;";

        Said machines = imported("--json", changed);
        Said people = imported("--no-progress", changed);

        assertThat(machines.exitCode()).isEqualTo(1);
        assertThat(machines.json().get("rejections")).extracting(JsonNode::textValue).containsExactly(CONFLICT);
        assertThat(machines.json().get("conflicts").intValue()).isEqualTo(1);
        assertThat(machines.json().get("rejected").intValue()).isEqualTo(1);
        assertThat(machines.json().get("repeated").intValue()).isEqualTo(3);
        assertThat(machines.json().get("events").intValue()).isEqualTo(4);
        assertThat(machines.json().get("missing").intValue()).isZero();
        assertThat(machines.err().lines()).contains("rejected " + CONFLICT);
        assertThat(people.exitCode()).isEqualTo(1);
        assertThat(people.err().lines()).contains("rejected " + CONFLICT);
        assertThat(people.out()).contains("rejected                   1", "repeated                   3");
        assertThat(stored()).isEqualTo(stored);
    }

    @Test
    void rows_that_their_account_has_forgotten_are_not_stored_again_either() throws Exception {
        String[] rows = IntStream.range(0, MANY).mapToObj(i -> row(i, "1.00", i + 1)).toArray(String[]::new);

        Said first = imported("--json", rows);
        List<RecordedEvent<AccountEvent>> stored = stored();
        Said second = imported("--json", rows);

        assertThat(first.json().get("repeated").intValue()).isZero();
        assertThat(stored).hasSize(MANY + 1);
        assertThat(second.err()).isEmpty();
        assertThat(second.exitCode()).isZero();
        assertThat(second.json().get("repeated").intValue()).isEqualTo(MANY + 1);
        assertThat(second.json().get("doubled").intValue()).isZero();
        assertThat(stored()).isEqualTo(stored);
    }

    @Test
    void a_forgotten_row_that_was_changed_is_a_conflict_and_a_new_one_is_added() throws Exception {
        String[] rows = IntStream.range(0, MANY).mapToObj(i -> row(i, "1.00", i + 1)).toArray(String[]::new);
        imported("--json", rows);
        List<RecordedEvent<AccountEvent>> stored = stored();
        rows[10] = row(10, "2.00", 11);
        String[] more = Stream.concat(Stream.of(rows), Stream.of(row(MANY, "3.00", MANY + 3))).toArray(String[]::new);

        Said second = imported("--json", more);

        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.json().get("rejections")).extracting(JsonNode::textValue)
                .containsExactly("account 1, command trans-5010, trans.asc:12: idempotency-conflict: "
                        + "the store has it with other contents, and keeps them");
        assertThat(second.json().get("conflicts").intValue()).isEqualTo(1);
        assertThat(second.json().get("repeated").intValue()).isEqualTo(MANY);
        assertThat(second.json().get("doubled").intValue()).isZero();
        List<RecordedEvent<AccountEvent>> after = stored();
        assertThat(after).hasSize(stored.size() + 1);
        assertThat(after.subList(0, stored.size())).isEqualTo(stored);
        assertThat(after.getLast().metadata().commandId()).isEqualTo("trans-" + (5_000 + MANY));
    }

    private static String row(int day, String amount, int balance) {
        return String.format(Locale.ROOT, "%d;1;%s;PRIJEM;VKLAD;%s;%d.00;;;", 5_000 + day,
                LocalDate.of(1993, 1, 5).plusDays(day), amount,
                balance);
    }

    private Said imported(String how, String... rows) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Bank.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("import", "--berka", Folder.written(temp.resolve("files"), rows).toString(), "--data",
                        store().toString(), how);
        return new Said(exitCode, out.toString(), err.toString());
    }

    private Path store() {
        return temp.resolve("store");
    }

    private List<RecordedEvent<AccountEvent>> stored() {
        try (EventStoreBackend backend = AllSourceBackend.production(store())) {
            EventStore<AccountEvent> events = EventStore.of(backend, ACCOUNT, JacksonEventCodec.of(ACCOUNT));
            try (Stream<RecordedEvent<AccountEvent>> all = events.streamAllEvents(Position.START)) {
                return all.toList();
            }
        }
    }
}
