package dev.allframe.benchmarks;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.AllSourceConfig;
import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * Events per second of the store itself, without Pekko, beside RocksDB with a synchronous log and beside a log that
 * does nothing but group commit. Payloads have 100 bytes, streams take turns, everything is forced before it is
 * acknowledged, and the store seals meanwhile.
 *
 * <p>Arguments, all optional: {@code --seconds 3 --rounds 5 --rows one64,one1024,batch,half --streams 1024
 * --delay-force 0 --dir <temp>}. The delay is added to every force but those of RocksDB, whose files do not go through
 * ours. The row {@code half} sends at half the speed that the store has with 1,024 appends in flight and shows how long
 * they take.
 */
public final class StoreBenchmark {

    private static final int BATCH = 256;
    private static final int ROCKS_THREADS = 64;

    private final dev.allframe.benchmarks.Options options;
    private final Duration time;
    private final Duration delay;
    private final int rounds;
    private final int streams;
    private final Path folder;

    private StoreBenchmark(dev.allframe.benchmarks.Options options) {
        this.options = options;
        this.time = options.seconds("--seconds", "3");
        this.delay = options.delay("--delay-force");
        this.rounds = options.number("--rounds", 5);
        this.streams = options.number("--streams", 1_024);
        this.folder = Path.of(options.text("--dir", System.getProperty("java.io.tmpdir")));
    }

    /** Runs the rows that are asked for. */
    public static void main(String[] args) throws Exception {
        StoreBenchmark benchmark = new StoreBenchmark(new dev.allframe.benchmarks.Options(args));
        for (String row : benchmark.options.text("--rows", "one64,one1024,batch,half").split(",", -1)) {
            benchmark.run(row);
        }
        System.exit(0);
    }

    private void run(String row) throws Exception {
        switch (row) {
            case "one64" -> compare("appends of one event", 1, 64, true);
            case "one1024" -> compare("appends of one event", 1, 1_024, false);
            case "batch" -> compare("appends of " + BATCH + " events", BATCH, 64, false);
            case "half" -> half();
            default -> throw new IllegalArgumentException("no row " + row);
        }
    }

    private void compare(String what, int batch, int inFlight, boolean rocks) throws Exception {
        Comparison comparison = new Comparison(String.format(Locale.ROOT,
                "%s, %,d in flight, %s added to each force, %d rounds of %s, java %s, %d processors; per second: events",
                what, inFlight, delay, rounds, time, System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors()));
        comparison.with("group commit alone", () -> plain(batch, inFlight));
        if (rocks) {
            comparison.with("RocksDB, synchronous log", this::rocks);
            comparison.with("AllFrame's store ÷ RocksDB", 1, () -> store(batch, inFlight));
        }
        comparison.with("AllFrame's store", () -> store(batch, inFlight));
        comparison.run(rounds);
    }

    private Comparison.Result plain(int batch, int inFlight) throws Exception {
        Path place = Folders.fresh(folder);
        MeteredDisk disk = new MeteredDisk(delay);
        try (PlainLog log = new PlainLog(disk, place)) {
            byte[] record = Prose.byChance().piece(1).getBytes(StandardCharsets.US_ASCII);
            byte[][] records = new byte[batch][];
            Arrays.fill(records, record);
            return measure((instance, number) -> log.append(records), batch, inFlight, disk);
        } finally {
            Folders.delete(place);
        }
    }

    private Comparison.Result store(int batch, int inFlight) throws Exception {
        Path place = Folders.fresh(folder);
        MeteredDisk disk = new MeteredDisk(delay);
        try (EventStoreBackend store = AllSourceBackend.withConfig(AllSourceConfig.in(place), "a benchmark", disk)) {
            return measure(target(store, batch), batch, inFlight, disk);
        } finally {
            Folders.delete(place);
        }
    }

    private Load.Target target(EventStoreBackend store, int batch) {
        List<StreamId> ids = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            ids.add(new StreamId("account|" + i));
        }
        return (instance, number) -> append(store, ids.get(instance), number, batch);
    }

    private static CompletionStage<Appended> append(EventStoreBackend store, StreamId stream, long number, int batch) {
        List<Envelope> records = new ArrayList<>(batch);
        EventMetadata metadata = EventMetadata.at(Instant.now());
        for (int i = 0; i < batch; i++) {
            byte[] text = Prose.byChance().piece(number * batch + i).getBytes(StandardCharsets.US_ASCII);
            records.add(Envelope.of("account.noted", 1, Payload.json(text), Set.of(), metadata, null));
        }
        return store.append(new Append(stream, ExpectedVersion.any(), "benchmark", records));
    }

    private Comparison.Result measure(Load.Target target, int batch, int inFlight, MeteredDisk disk)
            throws InterruptedException {
        Load.run(target, streams, inFlight, time.dividedBy(3));
        disk.reset();
        Load.Measured measured = Load.run(target, streams, inFlight, time);
        return new Comparison.Result(measured.perSecond() * batch, measured.cpuMicros() / batch, measured.latency(),
                disk.forces());
    }

    /**
     * Each of 64 threads puts one entry after the other, with a log that is forced for it; RocksDB joins what waits
     * into groups.
     */
    private Comparison.Result rocks() throws Exception {
        Path place = Folders.fresh(folder);
        RocksDB.loadLibrary();
        try (Options rocksOptions = new Options().setCreateIfMissing(true);
                WriteOptions sync = new WriteOptions().setSync(true);
                RocksDB rocks = RocksDB.open(rocksOptions, place.toString())) {
            rocks(rocks, sync, time.dividedBy(3));
            return rocks(rocks, sync, time);
        } finally {
            Folders.delete(place);
        }
    }

    private static Comparison.Result rocks(RocksDB rocks, WriteOptions sync, Duration time)
            throws InterruptedException {
        Histogram latency = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        LongAdder puts = new LongAdder();
        AtomicLong numbers = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(ROCKS_THREADS);
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        for (int i = 0; i < ROCKS_THREADS; i++) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    for (long sent = System.nanoTime(); sent < end; sent = System.nanoTime()) {
                        long number = numbers.getAndIncrement();
                        String key = "account|" + number % 1_024 + " " + number;
                        rocks.put(sync, key.getBytes(StandardCharsets.US_ASCII),
                                Prose.byChance().piece(number).getBytes(StandardCharsets.US_ASCII));
                        latency.recordValue(System.nanoTime() - sent);
                        puts.increment();
                    }
                } catch (RocksDBException failed) {
                    throw new IllegalStateException(failed);
                } finally {
                    ended.countDown();
                }
            });
        }
        ended.await();
        return new Comparison.Result(puts.sum() / ((System.nanoTime() - begin) / 1e9), 0, latency, null);
    }

    /** Sends at fixed times, whatever the answers do, and counts an append's time from when it was due. */
    private void half() throws Exception {
        double full = store(1, 1_024).perSecond();
        List<Comparison.Result> results = new ArrayList<>();
        double loadBefore = Comparison.load();
        for (int round = 0; round <= rounds; round++) {
            Path place = Folders.fresh(folder);
            MeteredDisk disk = new MeteredDisk(delay);
            try (EventStoreBackend store = AllSourceBackend.withConfig(AllSourceConfig.in(place), "a benchmark",
                    disk)) {
                paced(target(store, 1), full / 2, time.dividedBy(3));
                disk.reset();
                Histogram latency = paced(target(store, 1), full / 2, time);
                if (round > 0) {
                    results.add(new Comparison.Result(latency.getTotalCount() / (time.toNanos() / 1e9), 0, latency,
                            disk.forces()));
                }
            } finally {
                Folders.delete(place);
            }
        }
        Comparison.print("appends of one event at half of the " + String.format(Locale.ROOT, "%,.0f", full)
                + " per second of 1,024 in flight, due every "
                + String.format(Locale.ROOT, "%.1f µs, %s added to each force", 2e6 / full, delay), loadBefore,
                "AllFrame's store", results);
    }

    private Histogram paced(Load.Target target, double perSecond, Duration time) throws InterruptedException {
        Histogram latency = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        double nanosEach = 1e9 / perSecond;
        long count = (long) (time.toNanos() / nanosEach);
        CountDownLatch answers = new CountDownLatch(Math.toIntExact(count));
        long begin = System.nanoTime();
        for (long number = 0; number < count; number++) {
            long due = begin + (long) (number * nanosEach);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            target.send((int) (number % streams), number).whenComplete((answer, failed) -> {
                if (failed == null) {
                    latency.recordValue(Math.max(1, System.nanoTime() - due));
                }
                answers.countDown();
            });
        }
        if (!answers.await(1, TimeUnit.MINUTES) || latency.getTotalCount() < count) {
            throw new IllegalStateException("appends failed or are still without an answer after a minute");
        }
        return latency;
    }
}
