package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.views.RocksViewStore;
import dev.allframe.projection.ReactionType;
import dev.allframe.store.Append;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class BackupTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path store;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path backup;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path restored;

    @BeforeEach
    void create() {
        store = temporary.resolve("store");
        backup = temporary.resolve("backup");
        restored = temporary.resolve("restored");
        SampleStore.create(store);
    }

    private static void succeeds(Object... arguments) {
        ToolRun run = ToolRun.store(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void a_backup_opens_as_the_same_store() {
        succeeds("backup", store, backup);

        assertThat(SampleStore.contents(backup)).isEqualTo(SampleStore.contents(store));
        assertThat(storeId(backup)).isEqualTo(storeId(store));
    }

    @Test
    void a_backup_has_no_views_and_leaves_those_of_the_target_alone() throws IOException {
        try (RocksViewStore views = RocksViewStore.open(store, 16 << 20)) {
            views.create("balances").close();
        }
        succeeds("backup", store, backup);
        assertThat(backup.resolve("views")).doesNotExist();

        try (RocksViewStore views = RocksViewStore.open(backup, 16 << 20)) {
            views.create("of-the-copy").close();
        }
        succeeds("backup", store, backup);
        assertThat(backup.resolve("views/of-the-copy/1")).isDirectory();
        assertThat(SampleStore.contents(backup)).isEqualTo(SampleStore.contents(store));
    }

    private static String storeId(Path directory) {
        try (EventStoreBackend open = AllSourceBackend.production(directory)) {
            return open.storeId();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".rows", ".parquet", ".wal", ".sst", "/STORE", "/MANIFEST", "/state/MANIFEST-", "FLUSHED"})
    void what_has_rotten_is_not_copied(String part) throws IOException {
        Path rotten = file(part);
        byte[] bytes = Files.readAllBytes(rotten);
        bytes[Math.min(bytes.length / 2, 75)] ^= 0x10;
        Files.write(rotten, bytes);

        ToolRun run = ToolRun.store("backup", store, backup);

        assertThat(run.exitCode()).as(run.out() + run.err()).isOne();
        assertThat(run.err()).contains("damaged");
        assertThat(ToolRun.store("inspect", backup).exitCode()).as("a backup that was not finished").isNotZero();
    }

    @Test
    void what_a_power_loss_has_torn_is_copied_as_it_is() throws IOException {
        Path manifest = file("state/MANIFEST-");
        Files.write(manifest, new byte[512], StandardOpenOption.APPEND);

        succeeds("backup", store, backup);

        assertThat(backup).isDirectoryNotContaining("glob:**.tmp");
        assertThat(SampleStore.contents(backup)).isEqualTo(SampleStore.contents(store));
    }

    /** Any file of this kind, but none of the index, which is not copied. */
    private Path file(String part) throws IOException {
        try (Stream<Path> files = Files.walk(store)) {
            return files
                    .filter(file -> file.toString().contains(part) && Files.isRegularFile(file)
                            && !file.startsWith(store.resolve("index")))
                    .min(Comparator.comparingInt(Path::getNameCount).thenComparing(Comparator.naturalOrder()))
                    .orElseThrow();
        }
    }

    @Test
    void a_later_backup_copies_the_new_segments_alone() {
        assertThat(ToolRun.store("backup", store, backup, "--json").out()).contains("\"copiedSegmentFiles\" : 2");
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            SampleStore.append(open, SampleStore.CART, SampleStore.event("cart.more", 1, "{}", 9));
            SampleStore.await(open.deleteEventsTo(SampleStore.PLAIN, 1));
            SampleStore.await(open.flush());
        }

        ToolRun second = ToolRun.store("backup", store, backup, "--json");

        // what was in the log alone, and the new event
        assertThat(second.out()).contains("\"segments\" : 3", "\"copiedSegmentFiles\" : 4");
        assertThat(ToolRun.store("backup", store, backup, "--json").out()).contains("\"copiedSegmentFiles\" : 0");
        assertThat(SampleStore.contents(backup)).isEqualTo(SampleStore.contents(store));
    }

    @Test
    void a_backup_that_went_a_way_of_its_own_is_brought_back() {
        succeeds("backup", store, backup);
        for (Path directory : List.of(store, backup)) {
            try (EventStoreBackend open = AllSourceBackend.production(directory)) {
                String name = directory.getFileName().toString();
                SampleStore.append(open, SampleStore.CART, SampleStore.event(name, 1, "{}", 9));
                SampleStore.await(open.flush());
            }
        }

        succeeds("backup", store, backup);

        assertThat(SampleStore.contents(backup)).isEqualTo(SampleStore.contents(store));
    }

    @Test
    void a_backup_that_was_interrupted_while_parts_changed_places_is_finished_by_the_next() throws IOException {
        succeeds("backup", store, backup);
        Files.move(backup.resolve("STORE"), backup.resolve("STORE.incomplete"));
        Files.delete(backup.resolve("MANIFEST"));

        assertThat(ToolRun.store("dump", backup).exitCode()).isEqualTo(2);
        succeeds("backup", store, backup);

        assertThat(SampleStore.contents(backup)).isEqualTo(SampleStore.contents(store));
    }

    @Test
    void a_target_that_is_something_else_is_refused_and_left_alone() throws IOException {
        Path other = temporary.resolve("other");
        SampleStore.create(other);
        Path files = Files.createDirectory(temporary.resolve("files"));
        Files.writeString(files.resolve("letter.txt"), "Dear");

        assertThat(ToolRun.store("backup", store, other).err()).contains("holds the store");
        assertThat(ToolRun.store("backup", store, files).err()).contains("letter.txt");
        assertThat(ToolRun.store("backup", store, store.resolve("backup")).err()).contains("not apart");
        assertThat(ToolRun.store("backup", store, store).exitCode()).isEqualTo(2);

        assertThat(files).isDirectoryContaining("glob:**letter.txt").isDirectoryNotContaining("glob:**STORE");
        assertThat(store.resolve("backup")).doesNotExist();
    }

    @Test
    void a_backup_can_be_restored_as_it_is() {
        succeeds("backup", store, backup);

        succeeds("restore", backup, restored);

        assertThat(SampleStore.contents(restored)).isEqualTo(SampleStore.contents(store));
        assertThat(storeId(restored)).isEqualTo(storeId(store));
    }

    @Test
    void a_restore_says_in_a_line_what_was_restored() {
        String copy = ToolRun.store("restore", store, restored).out();
        String replayed = ToolRun.store("restore", store, temporary.resolve("replayed"), "--new-id").out();

        assertThat(copy.strip()).isEqualTo("Restored to " + restored + ": a copy of store " + storeId(store));
        assertThat(replayed.strip()).isEqualTo("Restored to " + temporary.resolve("replayed")
                + ": 8 events up to position 9, store " + storeId(temporary.resolve("replayed")));
    }

    @Test
    void a_restore_that_fails_speaks_of_the_restore_alone() {
        IOException noRoom = new NoSpaceException("No space left on device", new IOException());
        StoreFailedException copying = new StoreFailedException("the backup to x failed: No space", noRoom);
        StoreFailedException broken = new StoreFailedException("the backup to x failed",
                new IOException("no such disk"));

        assertThat(RestoreCommand.failure(restored, copying)).isInstanceOf(StoreFullException.class)
                .hasMessage("the disk of " + restored + " is full, and the restore has failed: No space left on device;"
                        + " what is there is no store: delete it and restore again");
        assertThat(RestoreCommand.failure(restored, new StoreFullException("a flush needs 10 bytes")))
                .hasMessageStartingWith("the disk of " + restored + " is full, and the restore has failed: a flush");
        assertThat(RestoreCommand.failure(restored, broken)).isInstanceOf(StoreFailedException.class)
                .hasMessage("the restore to " + restored + " has failed: no such disk;"
                        + " what is there is no store: delete it and restore again");
    }

    @Test
    void restoring_needs_an_empty_directory() throws IOException {
        Files.createDirectory(restored);
        Files.writeString(restored.resolve("letter.txt"), "Dear");

        assertThat(ToolRun.store("restore", store, restored).exitCode()).isEqualTo(2);
        assertThat(ToolRun.store("restore", store, restored, "--to-position", "3").err()).contains("not empty");
        assertThat(restored).isDirectoryNotContaining("glob:**STORE");
    }

    @Test
    void a_store_with_a_new_id_has_everything_and_goes_on() {
        succeeds("restore", store, restored, "--new-id");

        assertThat(SampleStore.contents(restored)).isEqualTo(SampleStore.contents(store));
        assertThat(storeId(restored)).isNotEqualTo(storeId(store));
        try (EventStoreBackend open = AllSourceBackend.production(restored)) {
            assertThat(SampleStore.await(open.append(new Append(SampleStore.ALICE, ExpectedVersion.exactly(3), "w",
                    List.of(SampleStore.event("account.closed", 1, "{}", 10))))).lastPosition().index()).isEqualTo(10);
            assertThat(SampleStore.await(open.upsertState(new StreamId("state|b"), 3, SampleStore.json("7"), ""))
                    .position()
                    .index()).isEqualTo(5);
            SampleStore.await(open.flush());
        }
        try (EventStoreBackend open = AllSourceBackend.production(restored)) {
            assertThat(open.stats().events()).isEqualTo(9);
            assertThat(SampleStore.await(open.highestSequenceNr(SampleStore.ALICE))).isEqualTo(4);
        }
    }

    @Test
    void a_store_can_be_restored_to_a_position() {
        assertThat(ToolRun.store("restore", store, restored, "--to-position", "5").err()).contains("state|",
                "--drop-states");
        assertThat(restored).doesNotExist();

        succeeds("restore", store, restored, "--to-position", "5", "--drop-states");

        try (EventStoreBackend open = AllSourceBackend.production(restored)) {
            assertThat(SampleStore.await(open.getAllEvents(EventFilter.all(), Position.START, 100)).events())
                    .extracting(event -> event.position().index())
                    .containsExactly(2L, 3L, 4L, 5L);
            assertThat(SampleStore.await(open.highestSequenceNr(SampleStore.CART))).isZero();
            assertThat(SampleStore.await(open.highestSequenceNr(SampleStore.ALICE))).isEqualTo(2);
            assertThat(SampleStore.await(open.getLatestSnapshot(SampleStore.ALICE, SnapshotCriteria.all())))
                    .isPresent();
            assertThat(SampleStore.await(open.lastPosition()).index()).isEqualTo(5);
            assertThat(SampleStore.await(open.getStateIds(null, 10))).isEmpty();
            assertThat(open.stats().events()).isEqualTo(4);
        }
        assertThat(storeId(restored)).isNotEqualTo(storeId(store));
    }

    @Test
    void where_reactions_stand_is_kept_and_keeps_no_store_from_being_restored() {
        Path own = temporary.resolve("own");
        StreamId mails = StreamId.of(ReactionType.POSITIONS, "mails");
        try (EventStoreBackend open = AllSourceBackend.production(own)) {
            SampleStore.append(open, SampleStore.CART, SampleStore.event("cart.opened", 1, "{}", 0),
                    SampleStore.event("cart.closed", 1, "{}", 1));
            SampleStore.await(open.upsertState(mails, 1, SampleStore.json("{}"), ""));
        }

        succeeds("restore", own, restored, "--to-position", "1");
        succeeds("restore", own, temporary.resolve("dropped"), "--to-position", "1", "--drop-states");

        for (Path directory : List.of(restored, temporary.resolve("dropped"))) {
            try (EventStoreBackend open = AllSourceBackend.production(directory)) {
                assertThat(SampleStore.await(open.getState(mails))).isPresent();
                assertThat(SampleStore.await(open.lastPosition()).index()).isEqualTo(1);
            }
        }
    }

    @Test
    void snapshots_of_events_that_are_left_out_are_left_out() {
        succeeds("restore", store, restored, "--to-position", "3", "--drop-states");

        try (EventStoreBackend open = AllSourceBackend.production(restored)) {
            assertThat(SampleStore.await(open.getLatestSnapshot(SampleStore.PLAIN, SnapshotCriteria.all()))).isEmpty();
            assertThat(SampleStore.await(open.getLatestSnapshot(SampleStore.ALICE, SnapshotCriteria.all())))
                    .isPresent();
        }
    }

    @Test
    void a_store_can_be_restored_to_a_time() {
        succeeds("restore", store, restored, "--to-time", "2026-03-01T10:00:05.123Z", "--drop-states");

        try (EventStoreBackend open = AllSourceBackend.production(restored)) {
            assertThat(SampleStore.await(open.lastPosition()).index()).isEqualTo(6);
        }
        assertThat(ToolRun.store("restore", store, temporary.resolve("no"), "--to-time", "yesterday").exitCode())
                .isEqualTo(2);
    }

    @Test
    void a_position_that_never_was_is_refused() {
        ToolRun run = ToolRun.store("restore", store, restored, "--to-position", "10");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("the last one is 9");
        assertThat(restored).doesNotExist();
    }
}
