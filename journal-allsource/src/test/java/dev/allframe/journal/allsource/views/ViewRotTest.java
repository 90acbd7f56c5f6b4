package dev.allframe.journal.allsource.views;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bit flips in a file of a closed view: what is read is what was written, or it is refused by a typed failure. */
class ViewRotTest {

    private static final int CASES = Seeds.count("rot.views", 40);
    private static final long MEMORY_BYTES = 16L << 20;
    private static final String VIEW = "balances";
    private static final List<ViewTable> TABLES = List.of(ViewTable.values());

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);

    @Test
    void a_flipped_bit_is_refused_or_changes_no_answer(@TempDir Path temporary) throws IOException {
        Path whole = temporary.resolve("whole");
        String expected = fill(whole);
        Map<Path, byte[]> files = StoredViews.files(whole);
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int i = 0; i < CASES; i++) {
            Path rotten = files.keySet().stream().skip(random.nextInt(files.size())).findFirst().orElseThrow();
            byte[] bytes = files.getOrDefault(rotten, new byte[0]).clone();
            if (bytes.length == 0) {
                continue;
            }
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Path copy = temporary.resolve("copy-" + i);
            StoredViews.write(files, copy);
            Files.write(copy.resolve(rotten), bytes);
            String outcome;
            try (RocksViewStore store = RocksViewStore.open(copy, MEMORY_BYTES)) {
                String read = StoredViews.dump(store, VIEW);
                assertThat(read).as("-Dtest.seed=%s case %s: byte %s of %s", seed, i, at, rotten).isEqualTo(expected);
                outcome = "harmless";
            } catch (CorruptStoreException | UnsupportedFormatException refused) {
                outcome = "refused";
            } catch (EventStoreException other) {
                throw new AssertionError("-Dtest.seed=" + seed + " case " + i + ": byte " + at + " of " + rotten
                        + " is refused as something else than damage", other);
            }
            outcomes.merge(rotten.getFileName().toString().replaceAll("[0-9]+", "N") + ' ' + outcome, 1, Integer::sum);
            StoredViews.delete(copy);
        }
        System.out.println("rot of views: " + outcomes);
        assertThat(outcomes.keySet()).anyMatch(outcome -> outcome.contains("refused"));
    }

    /** Several flushes, deletes, and rows that are larger than a block. */
    private String fill(Path directory) {
        try (RocksViewStore store = RocksViewStore.open(directory, MEMORY_BYTES)) {
            try (ViewTables tables = store.create(VIEW)) {
                for (int i = 0; i < 60; i++) {
                    ViewBatch batch = new ViewBatch();
                    for (int change = 0; change < 20; change++) {
                        byte[] value = new byte[random.nextInt(50) == 0 ? 6000 : random.nextInt(60)];
                        random.nextBytes(value);
                        byte[] key = {(byte) random.nextInt(4), (byte) random.nextInt(256)};
                        ViewTable table = TABLES.get(random.nextInt(TABLES.size()));
                        if (random.nextInt(4) == 0) {
                            batch.delete(table, key);
                        } else {
                            batch.put(table, key, value);
                        }
                    }
                    tables.write(batch);
                    if (i % 25 == 24) {
                        tables.flush();
                    }
                }
                tables.flush();
            }
            store.serve(VIEW, 1);
            return StoredViews.dump(store, VIEW);
        }
    }
}
