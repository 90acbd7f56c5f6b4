package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.store.EventStoreBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every tool on a store that was closed by its owner, of which hardly any log is left. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class CleanlyClosedTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path store;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Map<String, Object> contents;

    @BeforeEach
    void create() {
        store = temporary.resolve("store");
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            SampleStore.fill(open);
            contents = SampleStore.contents(open);
        }
    }

    private static ToolRun succeeds(Object... arguments) {
        ToolRun run = ToolRun.store(arguments);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        return run;
    }

    private static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Test
    void its_log_is_one_short_file() throws IOException {
        assertThat(store.resolve("log")).isDirectoryContaining("glob:**.wal");
        assertThat(bytes(store.resolve("log"))).isLessThan(200);
    }

    @Test
    void it_is_whole_and_shown_as_it_is() {
        succeeds("verify", store);

        assertThat(succeeds("inspect", store, "--json").out()).contains("\"lastPosition\" : 9", "\"events\" : 8");
        assertThat(SampleStore.contents(store)).isEqualTo(contents);
        succeeds("verify", store);
    }

    @Test
    void a_backup_of_it_opens_with_everything() {
        Path backup = temporary.resolve("backup");
        succeeds("backup", store, backup);

        assertThat(SampleStore.contents(backup)).isEqualTo(contents);
        succeeds("verify", backup);
        Path restored = temporary.resolve("restored");
        succeeds("restore", backup, restored, "--new-id");
        assertThat(SampleStore.contents(restored)).isEqualTo(contents);
    }

    @Test
    void salvage_takes_everything() {
        Path rescued = temporary.resolve("rescued");

        assertThat(succeeds("salvage", store, rescued).lines()).last().isEqualTo("Nothing is lost.");
        assertThat((List<?>) SampleStore.contents(rescued).get("events")).hasSameSizeAs(
                (List<?>) contents.get("events"));
    }

    @Test
    void it_is_compacted_and_closed_again() throws IOException {
        succeeds("compact", store);

        assertThat(bytes(store.resolve("log"))).isLessThan(200);
        assertThat(SampleStore.contents(store)).isEqualTo(contents);
    }
}
