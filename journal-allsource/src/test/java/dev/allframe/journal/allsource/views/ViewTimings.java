package dev.allframe.journal.allsource.views;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/** Measures views in RocksDB and prints. Run by hand; takes a directory that does not exist. */
final class ViewTimings {

    private static final int ROWS = 1_000_000;
    private static final int BATCH = 500;
    private static final int READS = 300_000;

    private ViewTimings() {}

    public static void main(String[] args) throws IOException {
        Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("views").resolve("store");
        long memoryBytes = Long.getLong("memory", 64L << 20);
        try (RocksViewStore store = RocksViewStore.open(directory, memoryBytes);
                ViewTables tables = store.create("timings")) {
            Random random = new Random(1);
            long begun = System.nanoTime();
            for (int i = 0; i < ROWS; i += BATCH) {
                ViewBatch batch = new ViewBatch();
                for (int row = i; row < i + BATCH; row++) {
                    batch.put(ViewTable.ROWS, key(row), row(random, row));
                    batch.put(ViewTable.INDEXES, key(random.nextInt(ROWS)), new byte[0]);
                }
                tables.write(batch);
            }
            tables.flush();
            print("rows written a second", ROWS * 1e9 / (System.nanoTime() - begun));
            print("MiB on disk", tables.bytes() / 1048576.0);
            for (int round = 0; round < 3; round++) {
                read(tables, random, 1, "there");
                read(tables, random, 2, "there or not");
            }
        }
    }

    private static void read(ViewTables tables, Random random, int spread, String what) {
        long[] nanos = new long[READS];
        for (int i = 0; i < READS; i++) {
            byte[] key = key(random.nextInt(ROWS * spread));
            long begun = System.nanoTime();
            tables.get(ViewTable.ROWS, key);
            nanos[i] = System.nanoTime() - begun;
        }
        Arrays.sort(nanos);
        print("get of a row " + what + ", p50 microseconds", nanos[READS / 2] / 1e3);
        print("get of a row " + what + ", p99 microseconds", nanos[READS / 100 * 99] / 1e3);
    }

    private static byte[] key(int row) {
        return ("account-" + row).getBytes(UTF_8);
    }

    private static byte[] row(Random random, int row) {
        return ("{\"id\":\"account-" + row + "\",\"owner\":\"customer-" + random.nextInt(100_000) + "\",\"balance\":\""
                + random.nextInt(1_000_000) + ".00\",\"opened\":\"1993-05-" + (10 + random.nextInt(20)) + "\"}")
                .getBytes(UTF_8);
    }

    private static void print(String what, double value) {
        System.out.printf(Locale.ROOT, "%s: %.1f%n", what, value);
    }
}
