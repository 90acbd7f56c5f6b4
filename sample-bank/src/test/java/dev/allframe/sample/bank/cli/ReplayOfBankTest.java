package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.typesafe.config.ConfigFactory;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.replay.ReplayRange;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.history.Folder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bank replay} over a store on disk, each time by a command of its own. */
final class ReplayOfBankTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    private record Said(int exitCode, String out, String err) {}

    @BeforeEach
    void threeAccounts() {
        assertThat(bank("import", "--berka", Folder.committed("czech").toString()).exitCode()).isZero();
    }

    private Said bank(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", folder.resolve("data").toString()));
        int exitCode = Bank.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Said(exitCode, out.toString(), err.toString());
    }

    private static List<JsonNode> lines(Stream<String> lines) {
        JsonMapper json = JsonMapper.builder().build();
        return lines.map(line -> {
            try {
                return json.readTree(line);
            } catch (IOException broken) {
                throw new AssertionError("not JSON: " + line, broken);
            }
        }).toList();
    }

    private static List<String> keys(List<JsonNode> lines) {
        return lines.stream().map(line -> line.get("key").textValue()).toList();
    }

    @Test
    void everything_is_written_once_and_those_of_an_account_in_their_order() {
        Said all = bank("replay");
        Said one = bank("replay", "--account", "1", "--json");
        Said deposits = bank("replay", "--type", "account.deposited", "--type", "account.opened", "--rate", "1000");
        Said tomorrow = bank("replay", "--from", "2999-01-01", "--until", "2999-01-02T10:00:00Z");

        assertThat(all.exitCode()).isZero();
        List<JsonNode> lines = lines(all.out().lines());
        assertThat(all.err()).isEqualToIgnoringNewLines("done, " + lines.size() + " events");
        assertThat(keys(lines)).doesNotHaveDuplicates().contains("account|1#1", "account|2#1", "account|3#1");
        assertThat(lines.getFirst().get("type").textValue()).isEqualTo("account.opened");
        assertThat(lines.getFirst().get("event").get("owner").textValue()).startsWith("holder of account");
        assertThat(one.exitCode()).isZero();
        assertThat(one.err()).isEmpty();
        assertThat(keys(lines(one.out().lines()))).isNotEmpty()
                .containsExactlyElementsOf(keys(lines).stream().filter(key -> key.startsWith("account|1#")).toList());
        assertThat(lines(deposits.out().lines())).isNotEmpty()
                .allMatch(line -> line.get("type").textValue().equals("account.deposited")
                        || line.get("type").textValue().equals("account.opened"));
        assertThat(tomorrow.out()).isEmpty();
        assertThat(tomorrow.exitCode()).isZero();
    }

    /** As Ctrl-C leaves it: begun, and not ended. */
    private void begun(ReplayRange range) {
        try (AllFrame bank = AllFrame
                .standalone("bank", ConfigFactory
                        .parseMap(Map.of("allframe.storage", "allsource", "allsource.dir",
                                folder.resolve("data").toString()))
                        .withFallback(ConfigFactory.load()))
                .replay(ReplayType.named("feed")
                        .from(ACCOUNT,
                                (event, info) -> CompletableFuture.failedFuture(new IllegalStateException("not yet"))))
                .start()) {
            bank.replays().start("feed", range, Order.of("test", "it is ended")).toCompletableFuture().join();
        }
    }

    @Test
    void what_has_not_ended_goes_on_into_a_file_of_which_a_torn_line_is_cut() throws IOException {
        begun(ReplayRange.all().stream(ACCOUNT, "1"));
        Path file = folder.resolve("feed.jsonl");
        String whole = "{\"key\":\"before\"}\n";
        Files.writeString(file, whole + "{\"key\":\"account|1", StandardOpenOption.CREATE_NEW);
        Files.writeString(folder.resolve("feed.jsonl.replay"), "" + whole.length()); // as a killed feed leaves it

        Said other = bank("replay", "--to", file.toString(), "--account", "2");
        Said goneOn = bank("replay", "--to", file.toString(), "--json");
        Said again = bank("replay", "--to", file.toString(), "--account", "2");

        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err()).startsWith("bank: a replay of another range has not ended: 'bank replay' without a"
                + " range goes on with it, and 'bank replay --cancel' ends it");
        assertThat(goneOn.exitCode()).isZero();
        JsonNode told = lines(Stream.of(goneOn.out())).getFirst();
        assertThat(told.get("state").textValue()).isEqualTo("done");
        assertThat(told.get("wentOn").booleanValue()).isTrue();
        assertThat(told.get("percent").doubleValue()).isEqualTo(100);
        assertThat(again.exitCode()).isZero();
        List<String> keys = keys(lines(Files.readAllLines(file).stream()));
        assertThat(keys).doesNotHaveDuplicates().startsWith("before", "account|1#1").contains("account|2#1");
        assertThat(keys.stream().filter(key -> key.startsWith("account|1#")))
                .hasSize(told.get("events").intValue());
        assertThat(again.out()).isEqualToIgnoringNewLines("done, "
                + keys.stream().filter(key -> key.startsWith("account|2#")).count() + " events");
    }

    @Test
    void a_file_is_as_it_was_when_a_command_is_refused() throws IOException {
        Path file = folder.resolve("mine.txt");
        String mine = "one line\nand one without an end";
        Files.writeString(file, mine);
        Path missing = folder.resolve("new.jsonl");

        refused("there is no stream account|nobody", "--account", "nobody", "--to", missing.toString());
        refused(file + " cannot be written: its last line has no end", "--to", file.toString());
        Said nothing = bank("replay", "--cancel");
        begun(ReplayRange.all().stream(ACCOUNT, "1"));
        refused("a replay of another range has not ended", "--account", "2", "--to", file.toString());
        refused("a replay of another range has not ended", "--account", "2", "--to", missing.toString());
        refused(file + " cannot be written: its last line has no end", "--to", file.toString());

        assertThat(Files.readString(file)).isEqualTo(mine);
        assertThat(missing).doesNotExist();
        assertThat(nothing.err()).contains("does not run: it is NEW");
    }

    @Test
    void a_replay_that_has_not_ended_is_ended_by_an_order() {
        begun(ReplayRange.all());

        Said cancelled = bank("replay", "--cancel", "--reason", "the receiver is gone");
        Said nothing = bank("replay", "--cancel");
        Said another = bank("replay", "--account", "2");

        assertThat(cancelled.exitCode()).isZero();
        assertThat(cancelled.out()).isEqualToIgnoringNewLines("ended, 0 events");
        assertThat(nothing.exitCode()).isEqualTo(2);
        assertThat(nothing.err()).isEqualToIgnoringNewLines("bank: replay 'feed' does not run: it is CANCELLED");
        assertThat(another.exitCode()).isZero();
        assertThat(keys(lines(another.out().lines()))).isNotEmpty().allMatch(key -> key.startsWith("account|2#"));
    }

    @Test
    void what_cannot_be_is_told() {
        refused("there is no stream account|nobody", "--account", "nobody");
        refused("no event of type 'deposited' was ever stored for replay 'feed'; stored are [account.", "--type",
                "deposited");
        refused("--from 'May' is no time, such as 2026-05-01", "--from", "May");
        refused("--from must be before --until", "--from", "2026-05-01", "--until", "2026-05-01");
        refused("--rate must be 0 or more, not -1", "--rate", "-1");
        refused("--cancel ends the replay, whatever its range", "--cancel", "--account", "1");
        refused(folder + " cannot be written", "--to", folder.toString());
    }

    private void refused(String why, String... options) {
        List<String> arguments = new ArrayList<>(List.of("replay"));
        arguments.addAll(List.of(options));
        Said said = bank(arguments.toArray(String[]::new));
        assertThat(said.exitCode()).as(why).isEqualTo(2);
        assertThat(said.out()).isEmpty();
        assertThat(said.err()).startsWith("bank: " + why);
    }
}
