package dev.allframe.journal.allsource.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What RocksDB and memory promise alike. */
class KeyValuesTest {

    private static final Set<TestTable> TABLES = EnumSet.of(TestTable.ROWS, TestTable.NAMES);

    @TempDir
    Path directory;

    private Tables tables(Backing backing) {
        return Tables.create(backing, TABLES, directory.resolve("tables"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static Batch put(String... keysAndValues) {
        Batch batch = new Batch();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            batch.put(TestTable.ROWS, bytes(keysAndValues[i]), bytes(keysAndValues[i + 1]));
        }
        return batch;
    }

    private static List<String> all(Cursor cursor) {
        try (cursor) {
            List<String> read = new ArrayList<>();
            while (cursor.next()) {
                read.add(text(cursor.key()) + "=" + text(cursor.value()));
            }
            return read;
        }
    }

    private static KeyRange range(@Nullable String from, @Nullable String until) {
        return new KeyRange(from == null ? null : bytes(from), until == null ? null : bytes(until));
    }

    @ParameterizedTest
    @EnumSource
    void what_was_put_is_there_until_it_is_deleted(Backing backing) {
        try (Tables tables = tables(backing)) {
            KeyValues entries = tables.entries();
            entries.write(put("a", "1", "b", "2", "", "empty key", "c", ""));

            assertThat(text(entries.get(TestTable.ROWS, bytes("a")))).isEqualTo("1");
            assertThat(text(entries.get(TestTable.ROWS, bytes("")))).isEqualTo("empty key");
            assertThat(text(entries.get(TestTable.ROWS, bytes("c")))).isEmpty();
            assertThat(entries.get(TestTable.NAMES, bytes("a"))).as("in another table").isNull();

            entries.write(new Batch().delete(TestTable.ROWS, bytes("a")).delete(TestTable.ROWS, bytes("never there")));

            assertThat(entries.get(TestTable.ROWS, bytes("a"))).isNull();
            assertThat(entries.getAll(TestTable.ROWS, List.of(bytes("b"), bytes("a"), bytes("b")))
                    .stream()
                    .map(KeyValuesTest::text)).containsExactly("2", null, "2");
            assertThat(entries.getAll(TestTable.ROWS, List.of())).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_changes_of_a_batch_are_applied_in_order(Backing backing) {
        try (Tables tables = tables(backing)) {
            tables.entries()
                    .write(put("a", "1", "a", "2", "b", "1").delete(TestTable.ROWS, bytes("b"))
                            .delete(TestTable.ROWS, bytes("c"))
                            .put(TestTable.ROWS, bytes("c"), bytes("3")));

            assertThat(all(tables.entries().cursor(TestTable.ROWS, KeyRange.all()))).containsExactly("a=2", "c=3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void cursors_walk_over_a_range_both_ways(Backing backing) {
        try (Tables tables = tables(backing)) {
            KeyValues entries = tables.entries();
            entries.write(put("a", "1", "ab", "2", "b", "3", "\u00ff", "4", "\u00ff\u00ff", "5"));

            assertThat(all(entries.cursor(TestTable.ROWS, range("ab", "\u00ff")))).containsExactly("ab=2", "b=3");
            assertThat(all(entries.cursorBackwards(TestTable.ROWS, range("ab", "\u00ff")))).containsExactly("b=3",
                    "ab=2");
            assertThat(all(entries.cursor(TestTable.ROWS, range("aa", null)))).hasSize(4);
            assertThat(all(entries.cursorBackwards(TestTable.ROWS, range(null, "ab")))).containsExactly("a=1");
            assertThat(all(entries.cursor(TestTable.ROWS, range("b", "b")))).isEmpty();
            assertThat(all(entries.cursor(TestTable.ROWS, range("c", "a")))).isEmpty();
            assertThat(all(entries.cursorBackwards(TestTable.ROWS, range("c", "a")))).isEmpty();
            assertThat(all(entries.cursor(TestTable.ROWS, KeyRange.prefix(bytes("a"))))).containsExactly("a=1", "ab=2");
            assertThat(all(entries.cursor(TestTable.ROWS, KeyRange.prefix(bytes("\u00ff"))))).hasSize(2);
            assertThat(all(entries.cursor(TestTable.ROWS, KeyRange.after(bytes("a"))))).hasSize(4);
            assertThat(all(entries.cursor(TestTable.NAMES, KeyRange.all()))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_cursor_and_a_view_see_one_moment(Backing backing) {
        try (Tables tables = tables(backing)) {
            KeyValues entries = tables.entries();
            entries.write(put("a", "1", "b", "2"));
            try (TablesView view = entries.view(); Cursor cursor = entries.cursor(TestTable.ROWS, KeyRange.all())) {
                entries.write(put("a", "changed", "c", "new").delete(TestTable.ROWS, bytes("b")));
                entries.flush();

                assertThat(all(cursor)).containsExactly("a=1", "b=2");
                assertThat(text(view.get(TestTable.ROWS, bytes("a")))).isEqualTo("1");
                assertThat(
                        view.getAll(TestTable.ROWS, List.of(bytes("c"), bytes("b"))).stream().map(KeyValuesTest::text))
                        .containsExactly(null, "2");
                assertThat(all(view.cursor(TestTable.ROWS, KeyRange.all()))).containsExactly("a=1", "b=2");
                assertThat(all(view.cursorBackwards(TestTable.ROWS, KeyRange.all()))).containsExactly("b=2", "a=1");
            }
            assertThat(all(entries.cursor(TestTable.ROWS, KeyRange.all()))).containsExactly("a=changed", "c=new");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_cursor_that_is_at_no_entry_has_none(Backing backing) {
        try (Tables tables = tables(backing)) {
            tables.entries().write(put("a", "1"));
            Cursor cursor = tables.entries().cursor(TestTable.ROWS, KeyRange.all());
            assertThatThrownBy(cursor::key).isInstanceOf(NoSuchElementException.class);
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.next()).isFalse();
            assertThatThrownBy(cursor::value).isInstanceOf(NoSuchElementException.class);

            cursor.close();
            cursor.close();

            assertThat(cursor.next()).isFalse();
            assertThatThrownBy(cursor::key).isInstanceOf(NoSuchElementException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_crash_leaves_what_was_flushed(Backing backing) {
        try (Tables tables = tables(backing)) {
            tables.entries().write(put("a", "1", "b", "1").put(TestTable.NAMES, bytes("n"), bytes("1")));
            tables.entries().flush();
            tables.entries()
                    .write(put("a", "2").delete(TestTable.ROWS, bytes("b")).delete(TestTable.NAMES, bytes("n")));

            KeyValues left = tables.crash();

            assertThat(all(left.cursor(TestTable.ROWS, KeyRange.all()))).containsExactly("a=1", "b=1");
            assertThat(all(left.cursor(TestTable.NAMES, KeyRange.all()))).containsExactly("n=1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void after_closing_everything_is_refused_and_open_cursors_end(Backing backing) {
        try (Tables tables = tables(backing)) {
            KeyValues entries = tables.entries();
            entries.write(put("a", "1"));
            TablesView view = entries.view();

            entries.close();
            entries.close();

            assertThatThrownBy(() -> entries.get(TestTable.ROWS, bytes("a"))).isInstanceOf(StoreClosedException.class);
            assertThatThrownBy(() -> view.get(TestTable.ROWS, bytes("a"))).isInstanceOf(StoreClosedException.class);
            assertThatThrownBy(() -> entries.write(put("a", "2"))).isInstanceOf(StoreClosedException.class);
            assertThatThrownBy(entries::flush).isInstanceOf(StoreClosedException.class);
            assertThatThrownBy(() -> entries.cursor(TestTable.ROWS, KeyRange.all()))
                    .isInstanceOf(StoreClosedException.class);
            view.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_table_that_was_not_opened_is_refused(Backing backing) {
        try (Tables tables = tables(backing)) {
            assertThatThrownBy(() -> tables.entries().get(TestTable.TYPES, bytes("a")))
                    .isInstanceOf(IllegalArgumentException.class);
            Batch foreign = put("a", "1").put(TestTable.TYPES, bytes("a"), bytes("1"));
            assertThatThrownBy(() -> tables.entries().write(foreign)).isInstanceOf(IllegalArgumentException.class);
            assertThat(tables.entries().get(TestTable.ROWS, bytes("a"))).as("nothing of the batch").isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void readers_beside_a_writer_see_whole_batches_and_survive_the_end(Backing backing) throws Exception {
        try (Tables tables = tables(backing)) {
            KeyValues entries = tables.entries();
            entries.write(put("a", "0", "b", "0"));
            CountDownLatch reading = new CountDownLatch(3);
            List<CompletableFuture<Void>> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(CompletableFuture.runAsync(() -> readUntilClosed(entries, reading)));
            }
            reading.await();

            for (int i = 1; i <= 2_000; i++) {
                entries.write(put("a", "" + i, "b", "" + i));
            }
            entries.close();

            for (CompletableFuture<Void> reader : readers) {
                reader.get();
            }
        }
    }

    private static void readUntilClosed(KeyValues entries, CountDownLatch reading) {
        try {
            while (true) {
                List<String> read = all(entries.cursor(TestTable.ROWS, KeyRange.all()));
                assertThat(read).hasSize(2);
                assertThat(read.get(0).substring(2)).isEqualTo(read.get(1).substring(2));
                reading.countDown();
            }
        } catch (StoreClosedException end) {
            assertThat(reading.getCount()).isLessThan(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tables_do_what_a_map_does(Backing backing) {
        Random random = new Random(Seeds.next());
        NavigableMap<String, String> model = new TreeMap<>();
        NavigableMap<String, String> flushed = new TreeMap<>();
        try (Tables tables = tables(backing)) {
            for (int step = 0; step < 600; step++) {
                Batch batch = new Batch();
                int changes = random.nextInt(20);
                for (int i = 0; i < changes; i++) {
                    String key = Integer.toString(random.nextInt(300), 7);
                    if (random.nextInt(3) == 0) {
                        batch.delete(TestTable.ROWS, bytes(key));
                        model.remove(key);
                    } else {
                        batch.put(TestTable.ROWS, bytes(key), bytes("" + step));
                        model.put(key, "" + step);
                    }
                }
                tables.entries().write(batch);
                switch (random.nextInt(30)) {
                    case 0 -> {
                        tables.entries().flush();
                        flushed = new TreeMap<>(model);
                    }
                    case 1 -> {
                        tables.crash();
                        model = new TreeMap<>(flushed);
                    }
                    default -> {
                    }
                }
                compare(tables.entries(), model, random);
            }
        }
    }

    private static void compare(KeyValues entries, NavigableMap<String, String> model, Random random) {
        String from = Integer.toString(random.nextInt(300), 7);
        String until = Integer.toString(random.nextInt(300), 7);
        NavigableMap<String, String> part = from.compareTo(until) < 0
                ? model.subMap(from, true, until, false)
                : new TreeMap<>();
        assertThat(all(entries.cursor(TestTable.ROWS, range(from, until)))).isEqualTo(words(part));
        assertThat(all(entries.cursorBackwards(TestTable.ROWS, range(from, until))))
                .isEqualTo(words(part.descendingMap()));
        assertThat(text(entries.get(TestTable.ROWS, bytes(from)))).isEqualTo(model.get(from));
    }

    private static List<String> words(NavigableMap<String, String> map) {
        return map.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList();
    }

    @ParameterizedTest
    @EnumSource
    void large_values_are_kept(Backing backing) {
        try (Tables tables = tables(backing)) {
            byte[] large = new byte[9 << 20];
            Arrays.fill(large, (byte) 7);
            tables.entries().write(new Batch().put(TestTable.ROWS, bytes("large"), large));
            tables.entries().flush();

            assertThat(tables.crash().get(TestTable.ROWS, bytes("large"))).isEqualTo(large);
        }
    }
}
