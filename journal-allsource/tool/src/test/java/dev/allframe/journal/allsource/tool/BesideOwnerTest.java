package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.AllSourceConfig;
import dev.allframe.journal.allsource.engine.EngineBackend;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that only read, on a store whose owner appends, deletes, seals and compacts all the time. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class BesideOwnerTest {

    private static final int ROUNDS = 6;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path directory;

    @BeforeEach
    void place() {
        directory = temporary.resolve("store");
    }

    private interface Reading {

        void run(long acknowledged) throws IOException;
    }

    /** Reads again and again beside a busy owner. */
    private void beside(Reading reading) throws IOException {
        AllSourceConfig config = AllSourceConfig.in(directory).withSealAfter(Duration.ofMillis(2));
        try (EngineBackend store = (EngineBackend) AllSourceBackend.withConfig(config)) {
            Owner owner = new Owner(store);
            CompletableFuture<Void> working = CompletableFuture.runAsync(owner);
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    reading.run(owner.acknowledged.get());
                }
            } finally {
                owner.stopping = true;
                working.join();
            }
        }
        assertThat(directory.resolve("images")).isEmptyDirectory();
    }

    private static final class Owner implements Runnable {

        private final EngineBackend store;
        private final AtomicLong acknowledged = new AtomicLong();
        private volatile boolean stopping;

        Owner(EngineBackend store) {
            this.store = store;
        }

        @Override
        public void run() {
            for (int i = 1; !stopping; i++) {
                StreamId stream = StreamId.of("account", String.valueOf(i % 7));
                SampleStore.append(store, stream,
                        SampleStore.event("account.deposited", 1, "{\"amount\":" + i + "}", 1),
                        SampleStore.event("account.deposited", 1, "{\"amount\":0}", 1));
                acknowledged.addAndGet(2);
                if (i % 20 == 0) {
                    SampleStore.await(store.saveSnapshot(
                            new Snapshot(stream, i / 7, SampleStore.TIME, SampleStore.json("{}"), null)));
                }
                if (i % 100 == 0) {
                    SampleStore.await(store.flush());
                }
                if (i % 300 == 0) {
                    SampleStore.await(store.compact());
                }
            }
        }
    }

    @Test
    void dump_shows_all_that_was_acknowledged_before_and_no_gap() throws IOException {
        beside(acknowledged -> {
            ToolRun run = ToolRun.store("dump", directory);
            assertThat(run.exitCode()).as(run.err()).isZero();
            List<Long> positions = new ArrayList<>();
            for (String line : run.lines()) {
                positions.add(JSON.readTree(line).path("position").longValue());
            }
            assertThat(positions).hasSizeGreaterThanOrEqualTo((int) acknowledged)
                    .isEqualTo(LongStream.rangeClosed(1, positions.size()).boxed().toList());
        });
    }

    @Test
    void verify_finds_everything_as_it_was_written() throws IOException {
        beside(acknowledged -> {
            ToolRun run = ToolRun.store("verify", directory);
            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        });
    }

    @Test
    void a_backup_has_all_that_was_acknowledged_before() throws IOException {
        Path backup = temporary.resolve("backup");
        beside(acknowledged -> {
            ToolRun run = ToolRun.store("backup", directory, backup);
            assertThat(run.exitCode()).as(run.err()).isZero();
            try (EventStoreBackend copy = AllSourceBackend.production(backup)) {
                assertThat(copy.stats().events()).isGreaterThanOrEqualTo(acknowledged);
            }
        });
        assertThat(ToolRun.store("verify", backup).exitCode()).isZero();
    }

    @Test
    void a_backup_into_the_directory_of_the_store_is_refused() throws IOException {
        try (EventStoreBackend store = AllSourceBackend.production(directory)) {
            SampleStore.fill(store);

            ToolRun run = ToolRun.store("backup", directory, directory.resolve("backup"));

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("is not apart from the store's");
        }
    }

    @Test
    void a_segment_that_is_missing_is_told_beside_an_owner_too() throws IOException {
        SampleStore.create(directory);
        try (EventStoreBackend store = AllSourceBackend.production(directory)) {
            Path segments = directory.resolve("segments");
            try (var files = Files.list(segments)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            ToolRun run = ToolRun.store("verify", directory);

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).contains("damage: segment 1");
            assertThat(store.stats().events()).isEqualTo(8);
        }
    }

    @Test
    void what_changes_a_store_is_refused_beside_its_owner() {
        try (EventStoreBackend store = AllSourceBackend.production(directory)) {
            SampleStore.fill(store);

            ToolRun run = ToolRun.store("compact", directory);

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("is open already, by an application");
        }
    }

    @Test
    void an_image_that_a_killed_tool_has_left_is_deleted_when_the_store_opens() throws IOException {
        SampleStore.create(directory);
        Path left = Files.createDirectories(directory.resolve("images").resolve("left").resolve("log"));
        Files.writeString(left.resolve("00000000000000000001.wal"), "x");

        try (EventStoreBackend store = AllSourceBackend.production(directory)) {
            assertThat(store.stats().events()).isEqualTo(8);
            assertThat(directory.resolve("images")).isEmptyDirectory();
        }
    }
}
