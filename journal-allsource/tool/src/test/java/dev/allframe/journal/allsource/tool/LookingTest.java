package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.views.RocksViewStore;
import dev.allframe.store.EventStoreBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class LookingTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long VIEW_BYTES = 16 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path store;

    @BeforeEach
    void create() {
        store = temporary.resolve("store");
        SampleStore.create(store);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException noJson) {
            throw new AssertionError(text, noJson);
        }
    }

    @Test
    void inspect_shows_what_a_store_consists_of() {
        JsonNode facts = json(ToolRun.store("inspect", store, "--json").out());

        assertThat(facts.path("open").booleanValue()).isFalse();
        assertThat(facts.path("storeId").textValue()).hasSize(36);
        assertThat(facts.path("formatVersion").intValue()).isOne();
        assertThat(facts.path("segments").size()).isOne();
        assertThat(facts.path("segments").path(0).path("firstPosition").longValue()).isEqualTo(2);
        assertThat(facts.path("segments").path(0).path("lastPosition").longValue()).isEqualTo(6);
        assertThat(facts.path("segments").path(0).path("rows").longValue()).isEqualTo(5);
        assertThat(facts.path("segments").path(0).path("parquetBytes").longValue()).isPositive();
        assertThat(facts.path("segments").path(0).path("rowFileBytes").longValue()).isPositive();
        assertThat(facts.path("log").size()).isPositive();
        assertThat(facts.path("log").path(0).path("bytes").longValue()).isPositive();
        assertThat(facts.path("lastPosition").longValue()).isEqualTo(9);
        assertThat(facts.path("events").longValue()).isEqualTo(8);
        assertThat(facts.path("deletedEvents").longValue()).isOne();
        assertThat(facts.path("snapshots").longValue()).isEqualTo(2);
        assertThat(facts.path("durableStates").longValue()).isOne();
        assertThat(facts.path("lastChange").longValue()).isEqualTo(4);
        assertThat(facts.path("types").toString()).contains(
                "{\"entityType\":\"Account\",\"eventType\":\"account.deposited\",\"version\":2}");
    }

    @Test
    void inspect_lists_views_also_of_a_store_that_is_open() throws IOException {
        assertThat(json(ToolRun.store("inspect", store, "--json").out()).path("views").size()).isZero();
        try (RocksViewStore views = RocksViewStore.open(store, VIEW_BYTES)) {
            for (int i = 0; i < 3; i++) {
                views.create("balances").close();
            }
            views.setAside("balances", 1);
            views.serve("balances", 3);
            views.create("turnover");
            try (EventStoreBackend open = AllSourceBackend.production(store)) {
                JsonNode facts = json(ToolRun.store("inspect", store, "--json").out()).path("views");

                assertThat(open.changesRefused()).isNull();
                assertThat(facts.findValuesAsText("name")).containsExactly("balances", "turnover");
                JsonNode balances = facts.path(0);
                assertThat(balances.path("served").longValue()).isEqualTo(3);
                assertThat(balances.path("generations").findValuesAsText("number")).containsExactly("2", "3");
                assertThat(balances.path("generations").path(0).path("bytes").longValue()).isPositive();
                assertThat(balances.path("setAside").toString()).isEqualTo("[\"1.aside\"]");
                assertThat(balances.path("setAsideBytes").longValue()).isPositive();
                assertThat(balances.has("damage")).isFalse();
                assertThat(facts.path(1).has("served")).isFalse();
            }
        }
        Files.write(store.resolve("views/balances/CURRENT"), new byte[5]);

        ToolRun damaged = ToolRun.store("inspect", store);
        assertThat(damaged.exitCode()).isZero();
        assertThat(damaged.out()).contains("turnover", "damage", "views/balances/CURRENT");
        assertThat(ToolRun.store("verify", store).exitCode()).as("views are no part of the store").isZero();
    }

    @Test
    void inspect_prints_the_same_for_people() {
        ToolRun run = ToolRun.store("inspect", store);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("storeId", "lastPosition", "account.deposited");
    }

    @Test
    void inspect_shows_who_has_a_store_open() {
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            JsonNode facts = json(ToolRun.store("inspect", store, "--json").out());

            assertThat(facts.path("open").booleanValue()).isTrue();
            assertThat(facts.path("storeId").textValue()).isEqualTo(open.storeId());
            assertThat(facts.path("owner").textValue())
                    .contains("an application, process " + ProcessHandle.current().pid());
            assertThat(facts.path("segments").size()).isPositive();
            assertThat(facts.path("events").longValue()).isEqualTo(8);
        }
    }

    @Test
    void looking_at_a_store_leaves_every_byte_of_it_as_it_was() {
        Map<String, Integer> before = files();

        ToolRun.store("inspect", store);
        ToolRun.store("dump", store);

        assertThat(files()).isEqualTo(before);
    }

    /** All files but those of the lock, and a number for their bytes. */
    private Map<String, Integer> files() {
        Map<String, Integer> all = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(store)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                String name = store.relativize(file).toString();
                if (!name.equals("LOCK") && !name.equals("OWNER")) {
                    all.put(name, Arrays.hashCode(Files.readAllBytes(file)));
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return all;
    }

    @Test
    void dump_prints_all_events_in_the_order_of_their_positions() {
        ToolRun run = ToolRun.store("dump", store);

        assertThat(run.exitCode()).isZero();
        assertThat(run.lines().stream().map(line -> json(line).path("position").longValue()))
                .containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void dump_shows_JSON_as_JSON_and_everything_else_as_base64() {
        assertThat(ToolRun.store("dump", store, "--type", "account.deposited").lines()).containsExactly(
                "{\"position\":2,\"stream\":\"Account|alice\",\"sequenceNr\":2,\"type\":\"account.deposited\",\"version\":2,"
                        + "\"time\":\"2026-03-01T10:00:01.123Z\",\"writer\":\"writer 2\",\"tags\":[\"all\",\"t2\"],"
                        + "\"payload\":{\"amount\":5}}");
        assertThat(ToolRun.store("dump", store, "--type", "cart.opened").out())
                .contains("\"payloadBase64\":\"bm90IGpzb24=\"");
        assertThat(ToolRun.store("dump", store, "--type", "plain.event").out())
                .contains("\"payloadBase64\":\"AAECAwQF", "\"serializerId\":-17");
    }

    @Test
    void dump_takes_what_the_options_ask_for() {
        assertThat(positions("--stream", "Account|alice")).containsExactly(2L, 7L);
        assertThat(positions("--stream", "Account|alice", "--stream", "Cart|1")).containsExactly(2L, 6L, 7L, 9L);
        assertThat(positions("--from-position", "5", "--to-position", "8")).containsExactly(5L, 6L, 7L, 8L);
        assertThat(positions("--from-position", "3", "--limit", "2")).containsExactly(3L, 4L);
        assertThat(positions("--type", "cart.closed", "--limit", "9")).containsExactly(9L);
        assertThat(positions("--type", "nothing")).isEmpty();
    }

    private Stream<Long> positions(String... options) {
        String[] arguments = Stream.concat(Stream.of("dump", store.toString()), Stream.of(options))
                .toArray(String[]::new);
        return ToolRun.store((Object[]) arguments)
                .lines()
                .stream()
                .map(line -> json(line).path("position").longValue());
    }

    @Test
    void dump_shows_a_store_that_is_open_too() {
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            assertThat(ToolRun.store("dump", store).lines()).hasSize(8);
            assertThat(open.stats().events()).isEqualTo(8);
        }
    }

    @Test
    void a_directory_without_a_store_is_refused_and_left_alone() throws IOException {
        Path empty = Files.createDirectory(temporary.resolve("empty"));

        for (String command : new String[]{"inspect", "dump"}) {
            ToolRun run = ToolRun.store(command, empty);

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("there is no store in " + empty);
        }
        assertThat(empty).isEmptyDirectory();
        assertThat(ToolRun.store("dump", temporary.resolve("missing")).exitCode()).isEqualTo(2);
    }

    @Test
    void help_names_every_command_and_the_exit_codes() {
        ToolRun run = ToolRun.store("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("inspect", "dump", "Exit codes", "129, 130, 143");
        assertThat(ToolRun.store("dump", "--help").out()).contains("--from-position", "--stream", "--limit", "--type");
    }

    @Test
    void wrong_usage_is_told() {
        assertThat(ToolRun.store().exitCode()).isEqualTo(2);
        assertThat(ToolRun.store("dump").exitCode()).isEqualTo(2);
        assertThat(ToolRun.store("dump", store, "--limit", "0").exitCode()).isEqualTo(2);
        assertThat(ToolRun.store("unknown").exitCode()).isEqualTo(2);
    }
}
