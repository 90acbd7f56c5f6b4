package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.store.StoreClosedException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What batches do to tables, alone, at random and beside readers. */
abstract class ViewBatchConformance extends ViewConformance {

    private static final List<ViewTable> TABLES = List.of(ViewTable.values());
    private static final int READERS = 3;

    ViewBatchConformance(ViewStoreConformance suite) {
        super(suite);
    }

    @Test
    void what_was_put_is_there_until_it_is_deleted() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1", "b", "2", "", "empty key", "c", ""));

        assertThat(rows(tables)).containsExactly("=empty key", "a=1", "b=2", "c=");

        tables.write(new ViewBatch().delete(ViewTable.ROWS, bytes("a")).delete(ViewTable.ROWS, bytes("never there")));
        tables.write(new ViewBatch());

        assertThat(row(tables, "a")).isNull();
        assertThat(rows(tables)).containsExactly("=empty key", "b=2", "c=");
    }

    @Test
    void the_changes_of_a_batch_are_applied_in_their_order() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1", "a", "2", "b", "1").delete(ViewTable.ROWS, bytes("b"))
                .delete(ViewTable.ROWS, bytes("c"))
                .put(ViewTable.ROWS, bytes("c"), bytes("3")));

        assertThat(rows(tables)).containsExactly("a=2", "c=3");
    }

    @Test
    void each_table_has_keys_of_its_own() {
        ViewTables tables = store.create(VIEW);
        ViewBatch batch = new ViewBatch();
        for (ViewTable table : TABLES) {
            batch.put(table, bytes("key"), bytes(table.stored()));
        }
        tables.write(batch);
        tables.write(new ViewBatch().delete(ViewTable.INDEXES, bytes("key")));

        for (ViewTable table : TABLES) {
            assertThat(text(tables.get(table, bytes("key")))).isEqualTo(
                    table == ViewTable.INDEXES ? null : table.stored());
        }
    }

    @Test
    void large_values_and_large_batches_are_kept() {
        String large = "\u00ff".repeat(3 << 20);
        ViewTables tables = store.create(VIEW);
        ViewBatch batch = rows("large", large);
        for (int i = 0; i < 20_000; i++) {
            batch.put(ViewTable.INDEXES, bytes("key " + i), new byte[0]);
        }
        tables.write(batch);
        tables.flush();

        assertThat(row(tables, "large")).isEqualTo(large);
        assertThat(all(tables.cursor(ViewTable.INDEXES, KeyRange.all(), false))).hasSize(20_000);
    }

    /** Each reader looks at pairs of entries, of which every batch changes all. */
    @Test
    void readers_beside_the_writer_see_whole_batches() {
        ViewTables tables = store.create(VIEW);
        tables.write(pair(0));
        CountDownLatch reading = new CountDownLatch(READERS);
        CompletableFuture<?>[] readers = new CompletableFuture<?>[READERS];
        for (int i = 0; i < READERS; i++) {
            int reader = i;
            readers[i] = CompletableFuture.runAsync(() -> readUntilClosed(tables, reader, reading),
                    task -> new Thread(task, "reader " + reader).start()); // a virtual one would never give way
        }
        CompletableFuture<Void> end = CompletableFuture.allOf(readers);
        Awaitility.await("all read").atMost(Duration.ofSeconds(30)).until(() -> reading.getCount() == 0);
        for (int i = 1; i <= 1_000; i++) {
            tables.write(pair(i));
            if (i % 300 == 0) {
                tables.flush();
            }
        }
        assertThat(row(tables, "b")).isEqualTo("1000");
        tables.close();
        end.join();
    }

    private static ViewBatch pair(int number) {
        return rows("a", "" + number, "b", "" + number).put(ViewTable.META, bytes("position"), bytes("" + number));
    }

    private static void readUntilClosed(ViewTables tables, int reader, CountDownLatch reading) {
        boolean begun = false;
        try {
            while (true) {
                if (reader % 2 == 0) {
                    try (ViewSnapshot moment = tables.snapshot()) {
                        String position = text(moment.get(ViewTable.META, bytes("position")));
                        assertThat(rows(moment)).containsExactly("a=" + position, "b=" + position);
                        assertThat(row(moment, "b")).isEqualTo(position);
                    }
                } else {
                    try (Cursor cursor = tables.cursor(ViewTable.ROWS, KeyRange.all(), reader % 4 == 1)) {
                        assertThat(cursor.next()).isTrue();
                        String first = text(cursor.value());
                        assertThat(cursor.next()).isTrue();
                        assertThat(text(cursor.value())).isEqualTo(first);
                        assertThat(cursor.next()).isFalse();
                    }
                }
                if (!begun) {
                    begun = true;
                    reading.countDown();
                }
            }
        } catch (StoreClosedException end) {
            assertThat(begun).isTrue();
        } finally {
            reading.countDown(); // where it failed, nobody waits for it
        }
    }

    /** {@code -Dtest.seed=…} replays it. */
    @Test
    void tables_do_what_maps_do() {
        String given = System.getProperty("test.seed", "");
        long seed = given.isBlank() ? new Random().nextLong() : Long.parseLong(given);
        System.out.println("replay these batches with -Dtest.seed=" + seed);
        Random random = new Random(seed);
        Map<ViewTable, NavigableMap<String, String>> model = new EnumMap<>(ViewTable.class);
        for (ViewTable table : TABLES) {
            model.put(table, new TreeMap<>());
        }
        ViewTables tables = store.create(VIEW);
        for (int step = 0; step < 200; step++) {
            ViewBatch batch = new ViewBatch();
            for (int change = random.nextInt(30); change >= 0; change--) {
                ViewTable table = TABLES.get(random.nextInt(TABLES.size()));
                String key = key(random);
                NavigableMap<String, String> map = model.getOrDefault(table, new TreeMap<>());
                if (random.nextInt(3) == 0) {
                    batch.delete(table, bytes(key));
                    map.remove(key);
                } else {
                    batch.put(table, bytes(key), bytes("" + step));
                    map.put(key, "" + step);
                }
            }
            tables.write(batch);
            if (random.nextInt(20) == 0) {
                tables.flush();
            }
            model.forEach((table, map) -> compare(tables, table, map, random));
        }
    }

    /** A few bytes that are often equal, and often the highest and the lowest. */
    private static String key(Random random) {
        String letters = "\0\1a\u0080\u00fe\u00ff";
        StringBuilder key = new StringBuilder();
        for (int length = random.nextInt(4); length >= 0; length--) {
            key.append(letters.charAt(random.nextInt(letters.length())));
        }
        return key.toString();
    }

    private static void compare(ViewTables tables, ViewTable table, NavigableMap<String, String> map, Random random) {
        String from = key(random);
        String until = key(random);
        NavigableMap<String, String> part = from.compareTo(until) < 0
                ? map.subMap(from, true, until, false)
                : new TreeMap<>();
        KeyRange range = KeyRange.between(bytes(from), bytes(until));
        assertThat(all(tables.cursor(table, range, false))).isEqualTo(words(part));
        assertThat(all(tables.cursor(table, range, true))).isEqualTo(words(part.descendingMap()));
        assertThat(text(tables.get(table, bytes(from)))).isEqualTo(map.get(from));
    }

    private static List<String> words(NavigableMap<String, String> map) {
        return map.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList();
    }
}
