package dev.allframe.journal.allsource.views;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.files.UnusableDirectoryException;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, memory and handles of views in RocksDB; the contract is in {@link RocksViewStoreConformanceTest}. */
class RocksViewStoreTest {

    private static final long MEMORY_BYTES = 16L << 20;
    private static final String VIEW = "balances";
    private static final byte[] KEY = {1};

    @TempDir
    Path directory;

    private RocksViewStore open() {
        return RocksViewStore.open(directory, MEMORY_BYTES);
    }

    private Path view() {
        return directory.resolve("views").resolve(VIEW);
    }

    private static ViewBatch put(int value) {
        return new ViewBatch().put(ViewTable.ROWS, KEY, new byte[]{(byte) value});
    }

    private static long closedGeneration(RocksViewStore store, int value) {
        try (ViewTables made = store.create(VIEW)) {
            made.write(put(value));
            made.flush();
            return made.generation();
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void a_store_without_views_makes_no_file() throws IOException {
        try (RocksViewStore store = open()) {
            assertThat(store.views()).isEmpty();
        }
        assertThat(names(directory)).isEmpty();
    }

    @Test
    void what_a_crash_left_in_half_is_deleted_when_the_store_is_opened() throws IOException {
        try (RocksViewStore store = open()) {
            closedGeneration(store, 1);
            store.serve(VIEW, 1);
        }
        Path never = directory.resolve("views/never");
        for (Path begun : List.of(view().resolve("2.tmp"), view().resolve("1.trial.tmp"),
                view().resolve("3.dropped.tmp"), never.resolve("1.tmp"))) {
            Files.createDirectories(begun);
            Files.writeString(begun.resolve("CURRENT"), "half");
        }
        Files.writeString(view().resolve("CURRENT.tmp"), "half");
        new ServedGeneration(0, 1).write(never);

        try (RocksViewStore store = open()) {
            assertThat(names(view())).containsExactly("1", "CURRENT");
            assertThat(never).doesNotExist();
            assertThat(store.views()).containsExactly(VIEW);
            assertThat(store.served(VIEW)).hasValue(1);
        }
    }

    @Test
    void the_last_generation_takes_the_directory_of_the_view_with_it_unless_one_is_set_aside() {
        try (RocksViewStore store = open()) {
            closedGeneration(store, 1);
            store.drop(VIEW, 1);
            assertThat(view()).doesNotExist();

            closedGeneration(store, 1);
            Path aside = Path.of(store.setAside(VIEW, 1));
            assertThat(aside).isEqualTo(view().resolve("1.aside")).isDirectoryContaining("glob:**FLUSHED");
            store.drop(VIEW, closedGeneration(store, 2));

            assertThat(aside).isDirectory();
            assertThat(store.views()).isEmpty();
            assertThat(closedGeneration(store, 3)).isEqualTo(3);
        }
    }

    @Test
    void a_damaged_file_of_the_served_generation_is_told_and_mended_by_serving() throws IOException {
        try (RocksViewStore store = open()) {
            closedGeneration(store, 1);
            closedGeneration(store, 2);
            store.serve(VIEW, 2);
            Path file = view().resolve("CURRENT");
            byte[] whole = Files.readAllBytes(file);
            for (int bit = 0; bit < whole.length * 8; bit++) {
                byte[] damaged = whole.clone();
                damaged[bit / 8] ^= (byte) (1 << (bit % 8));
                Files.write(file, damaged);
                assertThatThrownBy(() -> store.served(VIEW)).isInstanceOf(CorruptStoreException.class)
                        .hasMessageContaining(file.toString());
            }

            assertThat(store.generations(VIEW)).containsExactly(1L, 2L);
            assertThat(closedGeneration(store, 3)).isEqualTo(3);
            assertThatThrownBy(() -> store.served(VIEW)).isInstanceOf(CorruptStoreException.class);
            store.serve(VIEW, 1);
            assertThat(store.served(VIEW)).hasValue(1);
        }
    }

    @Test
    void a_damaged_generation_is_refused_left_as_it_is_and_can_be_set_aside() throws IOException {
        try (RocksViewStore store = open()) {
            closedGeneration(store, 1);
            Path witness = view().resolve("1/FLUSHED");
            byte[] damaged = Files.readAllBytes(witness);
            damaged[10] ^= 1;
            Files.write(witness, damaged);

            assertThatThrownBy(() -> store.open(VIEW, 1)).isInstanceOf(CorruptStoreException.class);
            assertThatThrownBy(() -> store.open(VIEW, 1)).as("it is not open")
                    .isInstanceOf(CorruptStoreException.class);
            assertThat(witness).hasBinaryContent(damaged);

            assertThat(Path.of(store.setAside(VIEW, 1)).resolve("FLUSHED")).hasBinaryContent(damaged);
            assertThat(closedGeneration(store, 2)).isEqualTo(2);
        }
    }

    @Test
    void a_dropped_generation_leaves_its_room_also_where_no_note_can_be_written() throws IOException {
        try (RocksViewStore store = open()) {
            replacedTwice(store);
            Files.createDirectories(view().resolve("REPLACED.tmp/full")); // FlatDirectory.replace fails, as if full

            store.drop(VIEW, 1);

            assertThat(names(view())).containsExactly("2", "3", "CURRENT", "REPLACED");
            assertThat(store.replaced(VIEW)).as("a note of what is gone says nothing").containsOnlyKeys(2L);
            assertThat(ReplacedGenerations.read(view()).notes()).as("it could not be taken out").containsKey(1L);
            store.drop(VIEW, 2);
            assertThat(store.generations(VIEW)).containsExactly(3L);
        }
    }

    @Test
    void a_generation_is_set_aside_also_where_no_note_can_be_written() throws IOException {
        try (RocksViewStore store = open()) {
            replacedTwice(store);
            Files.createDirectories(view().resolve("REPLACED.tmp/full"));

            assertThat(Path.of(store.setAside(VIEW, 1))).isDirectory();
            assertThat(store.replaced(VIEW)).containsOnlyKeys(2L);
        }
    }

    @Test
    void a_drop_that_failed_behind_the_renaming_is_finished_by_the_next_one() throws IOException {
        try (RocksViewStore store = open()) {
            replacedTwice(store);
            Files.move(view().resolve("1"), view().resolve("1.dropped.tmp"));

            store.drop(VIEW, 1);

            assertThat(names(view())).containsExactly("2", "3", "CURRENT", "REPLACED");
            assertThat(ReplacedGenerations.read(view()).notes()).containsOnlyKeys(2L);
            store.drop(VIEW, 1);
            assertThat(store.generations(VIEW)).containsExactly(2L, 3L);
        }
    }

    /** Serves generation 3, and keeps 1 and 2. */
    private static void replacedTwice(RocksViewStore store) {
        for (int i = 1; i <= 3; i++) {
            closedGeneration(store, i);
        }
        store.serve(VIEW, 3);
        Instant at = Instant.parse("2025-01-01T00:00:00Z");
        store.noteReplaced(VIEW, 1, new Replacement(1, at, at.plusSeconds(1000)));
        store.noteReplaced(VIEW, 2, new Replacement(2, at, at.plusSeconds(1000)));
    }

    @Test
    void files_that_are_no_views_are_left_alone() throws IOException {
        Path views = Files.createDirectories(directory.resolve("views"));
        Files.writeString(views.resolve("notes.txt"), "mine");
        Files.createDirectories(views.resolve("Not.A.View/1"));
        Files.writeString(views.resolve("file"), "mine");
        try (RocksViewStore store = open()) {
            assertThat(store.views()).isEmpty();
            closedGeneration(store, 1);
            Files.createDirectories(view().resolve("01"));
            Files.writeString(view().resolve("7"), "a file");
            assertThat(store.generations(VIEW)).containsExactly(1L);
        }
        assertThat(names(views)).containsExactly("Not.A.View", "balances", "file", "notes.txt");
    }

    @Test
    void a_disk_that_fails_is_told_as_such() throws IOException {
        Files.createDirectories(directory.resolve("views"));
        Files.writeString(view(), "a file in place of a directory");
        try (RocksViewStore store = open()) {
            assertThatThrownBy(() -> store.create(VIEW)).isInstanceOf(StoreFailedException.class)
                    .hasMessageContaining(view().toString());
        }
    }

    @Test
    void a_directory_that_rocksdb_does_not_find_is_refused() {
        assertThatThrownBy(() -> RocksViewStore.open(directory.resolve("\ud83d\ude00"), MEMORY_BYTES))
                .isInstanceOf(UnusableDirectoryException.class);
    }

    @Test
    void cursors_and_snapshots_are_released_when_they_are_closed_also_after_failures() throws IOException {
        try (RocksViewStore store = open()) {
            long number;
            try (ViewTables made = store.create(VIEW)) {
                number = made.generation();
                ViewBatch batch = new ViewBatch();
                for (int i = 0; i < 1000; i++) {
                    batch.put(ViewTable.ROWS, key(i), key(i * 31));
                }
                made.write(batch);
                made.flush();
            }
            rotTables(view().resolve("" + number));
            RocksViewTables tables = (RocksViewTables) store.open(VIEW, number);
            for (int i = 0; i < 10; i++) {
                try (ViewSnapshot moment = tables.snapshot();
                        Cursor cursor = moment.cursor(ViewTable.ROWS, KeyRange.all(), i % 2 == 0);
                        Cursor empty = tables.cursor(ViewTable.ROWS, KeyRange.between(KEY, KEY), false)) {
                    assertThat(empty.next()).isFalse();
                    assertThatThrownBy(() -> moment.get(ViewTable.ROWS, key(7)))
                            .isInstanceOf(CorruptStoreException.class);
                    assertThatThrownBy(() -> moment.getAll(ViewTable.ROWS, List.of(key(7))))
                            .isInstanceOf(CorruptStoreException.class);
                    assertThatThrownBy(() -> walk(cursor)).isInstanceOf(CorruptStoreException.class);
                    assertThat(tables.openReads()).isEqualTo(3);
                }
            }
            assertThat(tables.openReads()).isZero();
        }
    }

    private static void walk(Cursor cursor) {
        int entries = 0;
        while (cursor.next()) {
            entries++;
        }
        assertThat(entries).as("a whole walk").isEqualTo(1000);
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    /** Inverts the first bytes of each table file, which are its first block. */
    private static void rotTables(Path generation) throws IOException {
        try (Stream<Path> files = Files.list(generation)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".sst")).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                for (int i = 0; i < 100; i++) {
                    bytes[i] = (byte) ~bytes[i];
                }
                Files.write(file, bytes);
            }
        }
    }

    /** With blocks of RocksDB's usual size, what 20 idle views hold is more than a busy one may take. */
    @Test
    void idle_views_leave_the_memory_to_the_busy_one() {
        Random random = new Random(1);
        try (RocksViewStore store = open()) {
            List<RocksViewTables> idle = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                RocksViewTables tables = (RocksViewTables) store.create("idle-" + i);
                ViewBatch batch = new ViewBatch();
                for (ViewTable table : ViewTable.values()) {
                    batch.put(table, "some key".getBytes(UTF_8), "some row of an idle view".getBytes(UTF_8));
                }
                tables.write(batch);
                idle.add(tables);
            }
            RocksViewTables busy = (RocksViewTables) store.create("busy");
            long most = 0;
            byte[] value = new byte[1000];
            for (int i = 0; i < 5_000; i++) {
                random.nextBytes(value);
                busy.write(new ViewBatch().put(ViewTable.ROWS, key(i), value.clone()));
                most = Math.max(most, busy.unflushedBytes());
            }

            long held = idle.stream().mapToLong(RocksViewTables::unflushedBytes).sum();
            assertThat(held).as("held by idle views").isLessThan(2 << 20);
            assertThat(held + most).as("the budget of half the memory").isLessThan(12 << 20);
            assertThat(most).as("what the busy one may gather before it is flushed").isGreaterThan(3 << 20);
        }
    }
}
