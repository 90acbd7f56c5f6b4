package dev.allframe.journal.allsource.views;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed leaves the files as they are, without what was not flushed: a generation then has a prefix
 * of its batches, and each of them in all tables.
 */
@Guarantee("G7")
class ViewCrashTest {

    private static final int CRASHES = Seeds.count("crash.views", 12);
    private static final long MEMORY_BYTES = 16L << 20;
    private static final String VIEW = "balances";
    private static final List<ViewTable> TABLES = List.of(ViewTable.ROWS, ViewTable.INDEXES, ViewTable.PARKED);

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);

    @Test
    void a_crash_leaves_a_prefix_of_the_batches(@TempDir Path temporary) throws IOException {
        Path directory = temporary.resolve("running");
        List<String> moments = new ArrayList<>();
        try (RocksViewStore store = RocksViewStore.open(directory, MEMORY_BYTES)) {
            ViewTables tables = store.create(VIEW);
            moments.add(StoredViews.dump(tables));
            int flushed = 0;
            for (int crash = 0; crash < CRASHES; crash++) {
                for (int batches = random.nextInt(30); batches >= 0; batches--) {
                    tables.write(batch(moments.size()));
                    moments.add(StoredViews.dump(tables));
                    if (random.nextInt(12) == 0) {
                        tables.flush();
                        flushed = moments.size() - 1;
                    }
                }
                Path left = temporary.resolve("left-" + crash);
                StoredViews.write(StoredViews.filesOfAMoment(directory), left);

                int kept = moments.indexOf(afterCrash(left));

                assertThat(kept).as("-Dtest.seed=%s crash %s: batches kept of %s", seed, crash, moments.size() - 1)
                        .isGreaterThanOrEqualTo(flushed);
                StoredViews.delete(left);
            }
        }
    }

    /** A few entries of every table; no two moments are equal. */
    private ViewBatch batch(int number) {
        byte[] position = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
        ViewBatch batch = new ViewBatch().put(ViewTable.META, new byte[]{0}, position);
        for (int change = random.nextInt(6); change >= 0; change--) {
            ViewTable table = TABLES.get(random.nextInt(TABLES.size()));
            byte[] key = {1, (byte) random.nextInt(20)};
            if (random.nextInt(3) == 0) {
                batch.delete(table, key);
            } else {
                batch.put(table, key, position);
            }
        }
        return batch;
    }

    /** It goes on, too: what is written after the crash is kept. */
    private static String afterCrash(Path left) {
        String kept;
        String written;
        try (RocksViewStore store = RocksViewStore.open(left, MEMORY_BYTES); ViewTables tables = store.open(VIEW, 1)) {
            kept = StoredViews.dump(tables);
            tables.write(new ViewBatch().put(ViewTable.ROWS, new byte[]{3}, new byte[]{3}));
            tables.flush();
            written = StoredViews.dump(tables);
        }
        try (RocksViewStore store = RocksViewStore.open(left, MEMORY_BYTES); ViewTables tables = store.open(VIEW, 1)) {
            assertThat(StoredViews.dump(tables)).isEqualTo(written);
        }
        return kept;
    }
}
