package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.tables.RocksKeyValues;
import dev.allframe.journal.allsource.tables.RocksMemory;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** Measures the index on RocksDB and prints. Run by hand; takes a directory that does not exist. */
final class IndexTimings {

    private static final int STREAMS = 100_000;
    private static final int SEGMENTS = 5;
    private static final int READS = 50_000;

    private IndexTimings() {}

    public static void main(String[] args) throws IOException {
        Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("index").resolve("index");
        try (RocksMemory memory = new RocksMemory(128 << 20);
                StreamIndex index = StreamIndex.open(RocksKeyValues.create(directory, Table.INDEX, memory),
                        "timings")) {
            for (int round = 0; round < 4; round++) {
                add(index, round);
            }
            Random random = new Random(1);
            for (int round = 0; round < 2; round++) {
                print("version, present", index, random, true);
                print("version, absent", index, random, false);
                locate(index, random);
            }
            System.out.println(index.stats());
        }
    }

    /** The first segment of a round has new streams, the others go on with them. */
    private static void add(StreamIndex index, int round) {
        List<StreamId> streams = IntStream.range(0, STREAMS)
                .mapToObj(i -> stream(round, i))
                .sorted(Comparator.comparingInt(StreamId::slice).thenComparing(Comparator.naturalOrder()))
                .toList();
        for (int segment = 0; segment < SEGMENTS; segment++) {
            List<Run> runs = new ArrayList<>();
            for (StreamId stream : streams) {
                runs.add(new Run(stream, 1 + 3L * segment, 3 * runs.size(), 3));
            }
            long before = System.nanoTime();
            index.addSegment((long) round * SEGMENTS + segment, runs, List.of(new NameCount(NameKind.TAG, "red", 7)));
            long added = System.nanoTime();
            index.flush();
            System.out.printf(Locale.ROOT, "round %d segment %d: %,d runs/s, flush %d ms%n", round, segment,
                    STREAMS * 1_000_000_000L / (added - before), (System.nanoTime() - added) / 1_000_000);
        }
    }

    private static StreamId stream(int round, int i) {
        return StreamId.of("account", "stream-" + round + "-" + i);
    }

    private static void print(String what, StreamIndex index, Random random, boolean present) {
        long[] nanos = new long[READS];
        for (int i = 0; i < READS; i++) {
            StreamId stream = stream(present ? random.nextInt(4) : 7, random.nextInt(STREAMS));
            long before = System.nanoTime();
            long version = index.version(stream);
            nanos[i] = System.nanoTime() - before;
            if (version > 0 != present) {
                throw new IllegalStateException(stream + " version=" + version);
            }
        }
        percentiles(what, nanos);
    }

    private static void locate(StreamIndex index, Random random) {
        long[] nanos = new long[READS];
        for (int i = 0; i < READS; i++) {
            StreamId stream = stream(random.nextInt(4), random.nextInt(STREAMS));
            long before = System.nanoTime();
            int found = index.locate(stream, 1, Long.MAX_VALUE, 100).size();
            nanos[i] = System.nanoTime() - before;
            if (found != SEGMENTS) {
                throw new IllegalStateException(stream + " locations=" + found);
            }
        }
        percentiles("locate, " + SEGMENTS + " locations", nanos);
    }

    private static void percentiles(String what, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(Locale.ROOT, "%s: p50 %.1f us, p99 %.1f us%n", what, nanos[nanos.length / 2] / 1000.0,
                nanos[nanos.length * 99 / 100] / 1000.0);
    }
}
