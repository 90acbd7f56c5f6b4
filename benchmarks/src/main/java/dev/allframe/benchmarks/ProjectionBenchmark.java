package dev.allframe.benchmarks;

import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.View;
import dev.allframe.runtime.AllFrame;
import dev.allframe.store.EventStore;
import dev.allframe.store.Position;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Views: how fast one is built, in memory beside a plain read of all events, in windows beside a fold by hand, and in
 * RocksDB beside pekko-projection-jdbc on an H2 file; how soon a command is seen in one; reads by key; what a rebuild
 * costs the recovery of actors, and live views the commands.
 *
 * <p>Arguments, all optional: {@code --parts catch-up,window,jdbc,visible,get,recovery,live --events 5000000 --tills
 * 10000 --window-events 1000000 --jdbc-events 1000000 --group 5000 --rows 1000000 --rate 10000 --rebuild-rate <that of
 * reference.conf> --views 0,1,5 --seconds 10 --rounds 5 --dir <temp>}. The store is the durable one, filled with events
 * that are sealed.
 */
public final class ProjectionBenchmark {

    private static final String VIEWS_IN_MEMORY = """
            allsource.views = "dev.allframe.journal.memory.MemoryViewStoreProvider"
            allframe.projections.rebuild-rate = 0
            """;
    private static final String VIEWS_IN_ROCKSDB = "allframe.projections.rebuild-rate = 0";

    private final Options options;
    private final Duration time;
    private final int rounds;
    private final int events;
    private final int tills;
    private final Path folder;

    private ProjectionBenchmark(Options options) {
        this.options = options;
        this.time = options.seconds("--seconds", "10");
        this.rounds = options.number("--rounds", 5);
        this.events = options.number("--events", 5_000_000);
        this.tills = options.number("--tills", 10_000);
        this.folder = Path.of(options.text("--dir", System.getProperty("java.io.tmpdir")));
    }

    /** A part, on a folder of its own. */
    private interface Part {
        void run(Path place) throws Exception;
    }

    /** Runs the parts that are asked for. */
    public static void main(String[] args) throws Exception {
        ProjectionBenchmark benchmark = new ProjectionBenchmark(new Options(args));
        for (String part : benchmark.options.text("--parts", "catch-up,window,jdbc,visible,get,recovery,live")
                .split(",", -1)) {
            benchmark.inFolder(switch (part) {
                case "catch-up" -> benchmark::catchUp;
                case "window" -> benchmark::window;
                case "jdbc" -> benchmark::jdbc;
                case "visible" -> benchmark::visible;
                case "get" -> benchmark::get;
                case "recovery" -> benchmark::recovery;
                case "live" -> benchmark::live;
                default -> throw new IllegalArgumentException("no part " + part);
            });
        }
        System.exit(0);
    }

    private void inFolder(Part part) throws Exception {
        Path place = Folders.fresh(folder);
        try {
            part.run(place);
        } finally {
            Folders.delete(place);
        }
    }

    private void catchUp(Path place) throws Exception {
        TillStore.fill(place, events, tills);
        try (AllFrame memory = TillStore.open(place, VIEWS_IN_MEMORY, List.of(TillViews.PLAIN, TillViews.INDEXED))) {
            EventStore<Tills.PaidIn> store = memory.eventStore(Tills.TILL);
            new Comparison(String.format(Locale.ROOT, "a view is built of %,d events of %,d tills, %d rounds; events",
                    events, tills, rounds))
                    .with("EventStore.streamAllEvents", () -> streamed(store))
                    .with("view in memory", () -> built(memory, TillViews.PLAIN, events))
                    .with("view in memory, one index", () -> built(memory, TillViews.INDEXED, events))
                    .run(rounds);
        }
    }

    /** Sums by till and second: by a pipeline, and by a fold that somebody writes into a map. */
    private void window(Path place) throws Exception {
        int size = options.number("--window-events", 1_000_000);
        TillStore.fill(place, size, tills);
        for (String views : List.of(VIEWS_IN_MEMORY, VIEWS_IN_ROCKSDB)) {
            try (AllFrame allFrame = TillStore.open(place, views, List.of(TillViews.BY_SECOND))) {
                EventStore<Tills.PaidIn> store = allFrame.eventStore(Tills.TILL);
                long rows = allFrame.view(TillViews.BY_SECOND).count();
                new Comparison(String.format(Locale.ROOT,
                        "%,d sums by till and second of %,d events of %,d tills, %d rounds; events", rows, size, tills,
                        rounds))
                        .with("a fold by hand over streamAllEvents", () -> foldedByHand(store, size, rows))
                        .with(views.equals(VIEWS_IN_MEMORY) ? "pipeline in memory" : "pipeline in RocksDB",
                                () -> built(allFrame, TillViews.BY_SECOND, size))
                        .run(rounds);
            }
        }
    }

    private record TillSecond(String till, long second) {}

    private static Comparison.Result foldedByHand(EventStore<Tills.PaidIn> store, int size, long rows) {
        long begin = System.nanoTime();
        long cpu = Load.processCpuNanos();
        Map<TillSecond, TillViews.Taken> sums = new HashMap<>();
        store.streamAllEvents(Position.START)
                .forEach(stored -> sums.compute(
                        new TillSecond(stored.stream().entityId(), stored.metadata().timestamp().getEpochSecond()),
                        (key, taken) -> (taken == null ? TillViews.Taken.NOTHING : taken).plus(stored.event())));
        if (sums.size() != rows) {
            throw new IllegalStateException(sums.size() + " sums and not " + rows);
        }
        return result(size, Duration.ofNanos(System.nanoTime() - begin), cpu);
    }

    private Comparison.Result streamed(EventStore<Tills.PaidIn> store) {
        long begin = System.nanoTime();
        long cpu = Load.processCpuNanos();
        long read = store.streamAllEvents(Position.START).count();
        if (read != events) {
            throw new IllegalStateException(read + " events are read of " + events);
        }
        return result(read, Duration.ofNanos(System.nanoTime() - begin), cpu);
    }

    private static Comparison.Result built(AllFrame allFrame, ProjectionType<?, ?> view, long events) {
        long cpu = Load.processCpuNanos();
        return result(events, TillStore.rebuild(allFrame, view), cpu);
    }

    private static Comparison.Result result(long events, Duration taken, long cpuBefore) {
        return new Comparison.Result(events / (taken.toNanos() / 1e9),
                (Load.processCpuNanos() - cpuBefore) / 1e3 / events, null, null);
    }

    private void jdbc(Path place) throws Exception {
        int size = options.number("--jdbc-events", 1_000_000);
        int group = options.number("--group", 5_000);
        TillStore.fill(place, size, tills);
        try (AllFrame allFrame = TillStore.open(place, VIEWS_IN_ROCKSDB,
                List.of(TillViews.PLAIN, TillViews.INDEXED))) {
            View<String, TillViews.TillRow> view = allFrame.view(TillViews.INDEXED);
            EventStore<Tills.PaidIn> store = allFrame.eventStore(Tills.TILL);
            Position last = store.streamAllEvents(Position.START)
                    .reduce((first, second) -> second)
                    .orElseThrow()
                    .position();
            new Comparison(String.format(Locale.ROOT,
                    "rows of %,d events of %,d tills with one index, the peer in groups of %,d, %d rounds; events",
                    size, tills, group, rounds))
                    .with("pekko-projection-jdbc, H2 file", () -> peer(store, last, group, size, view.count()))
                    .with("view in RocksDB, one index", () -> built(allFrame, TillViews.INDEXED, size))
                    .with("view in RocksDB, no index", () -> built(allFrame, TillViews.PLAIN, size))
                    .run(rounds);
        }
    }

    private Comparison.Result peer(EventStore<Tills.PaidIn> store, Position last, int group, int size, long rows)
            throws Exception {
        Path place = Folders.fresh(folder);
        try {
            long cpu = Load.processCpuNanos();
            return result(size, PeerTills.build(place, store, last, group, rows), cpu);
        } finally {
            Folders.delete(place);
        }
    }

    private void visible(Path place) throws Exception {
        int rate = options.number("--rate", 10_000);
        try (AllFrame allFrame = TillStore.open(place, VIEWS_IN_ROCKSDB, List.of(TillViews.INDEXED))) {
            PacedCommands.compare(allFrame, TillViews.INDEXED, tills, rate, time, rounds);
        }
    }

    private void get(Path place) throws Exception {
        int rows = options.number("--rows", 1_000_000);
        TillStore.fill(place, rows, rows);
        try (AllFrame allFrame = TillStore.open(place, VIEWS_IN_ROCKSDB, List.of(TillViews.INDEXED))) {
            View<String, TillViews.TillRow> view = allFrame.view(TillViews.INDEXED);
            new Comparison(String.format(Locale.ROOT,
                    "get by key from a view of %,d rows in RocksDB, one thread, %d rounds of %s", view.count(), rounds,
                    time))
                    .with("a row that there is", () -> gets(view, 0, rows))
                    .with("a key without a row", () -> gets(view, rows, rows))
                    .run(rounds);
        }
    }

    private Comparison.Result gets(View<String, TillViews.TillRow> view, int from, int count) {
        Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        Random random = new Random(7);
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        for (long asked = begin; asked < end; asked = System.nanoTime()) {
            Optional<TillViews.TillRow> row = view.get(TillStore.id(from + random.nextInt(count)));
            latency.recordValue(System.nanoTime() - asked);
            if (row.isPresent() != (from == 0)) {
                throw new IllegalStateException("a row is missing, or there are too many");
            }
        }
        return new Comparison.Result(latency.getTotalCount() / ((System.nanoTime() - begin) / 1e9), 0, latency, null);
    }

    private void recovery(Path place) throws Exception {
        TillStore.fill(place, events, tills);
        String rate = options.text("--rebuild-rate", "");
        String config = "allframe.passivate-after = 1s\n"
                + (rate.isEmpty() ? "" : "allframe.projections.rebuild-rate = " + rate);
        try (AllFrame allFrame = TillStore.open(place, config, List.of(TillViews.INDEXED))) {
            new Recoveries(allFrame, TillViews.INDEXED, tills, time).compare(rounds, events);
        }
    }

    private void live(Path place) throws Exception {
        Comparison comparison = new Comparison(String.format(Locale.ROOT,
                "commands beside live views in RocksDB with one index each, %,d tills, 1,000 in flight, %d rounds of %s",
                tills, rounds, time));
        for (int views : options.numbers("--views", "0,1,5")) {
            comparison.with(views + " live views", () -> beside(Folders.fresh(place), views));
        }
        comparison.run(rounds);
    }

    private Comparison.Result beside(Path place, int count) throws Exception {
        List<ProjectionType<String, TillViews.TillRow>> views = IntStream.range(0, count)
                .mapToObj(view -> TillViews.indexed("tills-" + view))
                .toList();
        try (AllFrame allFrame = TillStore.open(place, VIEWS_IN_ROCKSDB, views)) {
            Load.run(PacedCommands.target(allFrame), tills, 1_000, time.dividedBy(3));
            Load.Measured measured = Load.run(PacedCommands.target(allFrame), tills, 1_000, time);
            long begin = System.nanoTime();
            views.forEach(view -> TillStore.awaitLive(allFrame, view));
            if (count > 0) {
                System.out.printf(Locale.ROOT, "%d views were done %,d ms behind the last command%n", count,
                        (System.nanoTime() - begin) / 1_000_000);
            }
            return Comparison.Result.of(measured, null);
        } finally {
            Folders.delete(place);
        }
    }
}
