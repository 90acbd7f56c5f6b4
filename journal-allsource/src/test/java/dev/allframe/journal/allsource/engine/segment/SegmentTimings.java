package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * Prints how fast segments are written and read, and how large they are. Arguments: a directory to write into, and a
 * file of English prose of some MB, of which each event's payload is a piece of 100 characters.
 */
final class SegmentTimings {

    private static final int ROWS = SegmentLimits.MAX_ROWS;
    private static final int STREAMS = 4_096;
    private static final int READS = 20_000;
    private static final int READ_ROWS = 100;

    private SegmentTimings() {}

    /** Measures. */
    public static void main(String[] args) throws IOException {
        Path directory = Files.createTempDirectory(Path.of(args[0]), "segments");
        List<StoredEvent> rows = rows(Files.readString(Path.of(args[1]), StandardCharsets.UTF_8));
        Disk disk = new RealDisk();
        seal(disk, directory, rows);
        rowBlocks(disk, directory, rows);
        parquetVariants(disk, directory, rows);
        try (RowFile file = RowFile.open(disk, SegmentFile.ROWS.in(directory, 1), SampleRows.STORE, 1);
                ParquetSegment parquet = ParquetSegment.open(disk, SegmentFile.PARQUET.in(directory, 1),
                        SampleRows.STORE, 1, SegmentDirectory.digest(disk, SegmentFile.PARQUET.in(directory, 1)))) {
            reads("row file", file, READS);
            reads("Parquet", parquet, READS / 20);
            for (SealedRows from : List.of(file, parquet)) {
                scans(from);
                loads(from);
            }
        }
    }

    private static List<StoredEvent> rows(String prose) {
        Random random = new Random(1);
        long[] last = new long[STREAMS];
        List<StoredEvent> rows = new ArrayList<>();
        long millis = 1_790_000_000_000L;
        for (int i = 0; i < ROWS; i++) {
            int stream = random.nextInt(STREAMS);
            int from = (int) ((long) i * 100 % (prose.length() - 100));
            millis += random.nextInt(3);
            rows.add(new StoredEvent(new StreamId("account|" + (100_000 + stream)), ++last[stream],
                    SampleRows.position(1 + i), "writer-" + stream % 3,
                    Envelope.of(i % 3 == 0 ? "account.withdrawn" : "account.deposited", 1,
                            SampleRows.json(prose.substring(from, from + 100)), Set.of("region-" + stream % 7),
                            EventMetadata.at(Instant.ofEpochMilli(millis)), null)));
        }
        System.out.printf(Locale.ROOT, "prose is used %.1f times%n", ROWS * 100.0 / prose.length());
        return SampleRows.sorted(rows);
    }

    private static void seal(Disk disk, Path directory, List<StoredEvent> rows) throws IOException {
        EventSegmentWriter writer = new EventSegmentWriter(disk, directory, SampleRows.STORE);
        for (int i = 0; i < 8; i++) {
            long start = System.nanoTime();
            SegmentMeta meta = writer.writeBoth(1, rows.iterator());
            System.out.printf(Locale.ROOT, "seal: %,.0f rows/s, row file %.1f B/event, Parquet %.1f B/event%n",
                    ROWS * 1e9 / (System.nanoTime() - start), meta.rowFile().length() * 1.0 / ROWS,
                    meta.parquetFile().orElseThrow().length() * 1.0 / ROWS);
        }
    }

    private static void rowBlocks(Disk disk, Path directory, List<StoredEvent> rows) throws IOException {
        Path name = directory.resolve("variant");
        for (int kib : new int[]{8, 16, 32}) {
            for (int level : new int[]{1, 3}) {
                RowSummary summary = new RowSummary(SampleRows.STORE);
                Digest digest = new Digest(0, List.of());
                long start = 0;
                for (int round = 0; round < 3; round++) {
                    start = System.nanoTime();
                    try (DiskFile out = disk.create(name);
                            RowFileWriter writer = new RowFileWriter(out, SampleRows.STORE, 2, kib << 10, level)) {
                        summary = new RowSummary(SampleRows.STORE);
                        for (StoredEvent row : rows) {
                            summary.add(row);
                            writer.add(row);
                        }
                        digest = writer.finish(summary.bounds());
                    }
                    if (round < 2) {
                        disk.delete(name);
                    }
                }
                System.out.printf(Locale.ROOT, "blocks of %d KiB, level %d: %,.0f rows/s, %.1f B/event%n", kib, level,
                        ROWS * 1e9 / (System.nanoTime() - start), digest.length() * 1.0 / ROWS);
                try (RowFile file = RowFile.open(disk, name, SampleRows.STORE, 2)) {
                    reads("  row file", file, READS);
                }
                disk.delete(name);
            }
        }
    }

    private static void parquetVariants(Disk disk, Path directory, List<StoredEvent> rows) throws IOException {
        Path name = directory.resolve("variant");
        for (int level : new int[]{1, 3, 6, 9}) {
            long start = System.nanoTime();
            try (DiskFile out = disk.create(name);
                    ParquetSegmentWriter writer = new ParquetSegmentWriter(out, SampleRows.STORE, 2, level)) {
                RowSummary summary = new RowSummary(SampleRows.STORE);
                for (StoredEvent row : rows) {
                    summary.add(row);
                    writer.add(row);
                }
                Digest digest = writer.finish(summary.bounds());
                System.out.printf(Locale.ROOT, "Parquet, level %d: %,.0f rows/s, %.1f B/event%n", level,
                        ROWS * 1e9 / (System.nanoTime() - start), digest.length() * 1.0 / ROWS);
            }
            disk.delete(name);
        }
    }

    private static void reads(String what, SealedRows file, int count) throws IOException {
        Random random = new Random(2);
        long[] nanos = new long[count];
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < count; i++) {
                int first = random.nextInt(ROWS - READ_ROWS);
                long start = System.nanoTime();
                if (file.read(first, READ_ROWS).size() != READ_ROWS) {
                    throw new IllegalStateException();
                }
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        System.out.printf(Locale.ROOT, "%s, %d events: p50 %.1f µs, p99 %.1f µs%n", what, READ_ROWS,
                nanos[count / 2] / 1e3,
                nanos[count * 99 / 100] / 1e3);
    }

    private static void scans(SealedRows file) {
        for (int round = 0; round < 10; round++) {
            long start = System.nanoTime();
            int count = 0;
            for (Iterator<StoredEvent> rows = file.rows(); rows.hasNext(); rows.next()) {
                count++;
            }
            if (round > 6) {
                System.out.printf(Locale.ROOT, "%s scan: %,.0f events/s%n", file.getClass().getSimpleName(),
                        count * 1e9 / (System.nanoTime() - start));
            }
        }
    }

    private static void loads(SealedRows file) throws IOException {
        for (int round = 0; round < 6; round++) {
            long start = System.nanoTime();
            LoadedSegment loaded = LoadedSegment.of(file);
            long took = System.nanoTime() - start;
            start = System.nanoTime();
            int count = 0;
            for (Iterator<StoredEvent> rows = loaded.after(0); rows.hasNext(); rows.next()) {
                count++;
            }
            if (round > 3) {
                System.out.printf(Locale.ROOT, "%s load: %.1f ms, %.1f MiB; in position order %,.0f events/s%n",
                        file.getClass().getSimpleName(), took / 1e6, loaded.sizeBytes() / 1048576.0,
                        count * 1e9 / (System.nanoTime() - start));
            }
        }
    }
}
