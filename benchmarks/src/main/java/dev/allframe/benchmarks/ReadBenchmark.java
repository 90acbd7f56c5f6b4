package dev.allframe.benchmarks;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.AllSourceConfig;
import dev.allframe.journal.allsource.engine.EngineBackend;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventReader;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Reads of the store itself, without Pekko: 100 events of one stream out of the tail, out of row files and out of
 * Parquet files, and a scan of everything out of Parquet files, each beside the same read of our store in memory; a
 * sixteenth of the events, by their slices or by a tag, beside everything; and how many bytes an event takes.
 *
 * <p>Arguments, all optional: {@code --parts streams,scan,filters,bytes --events 1000000 --seconds 2 --rounds 5 --prose
 * <file> --dir <temp>}. The part {@code bytes} needs a file with some MB of English prose, of which each event has 100
 * bytes, cut at scattered offsets.
 */
public final class ReadBenchmark {

    private static final int STREAM_EVENTS = 100;
    private static final int TAIL_STREAMS = 400;
    private static final int IN_FLIGHT = 64;

    /** One stream of so many has the tag. */
    private static final int SHARE = 16;

    private static final String TAG = "watched";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Options options;
    private final Duration time;
    private final int rounds;
    private final int events;
    private final Path folder;

    private ReadBenchmark(Options options) {
        this.options = options;
        this.time = options.seconds("--seconds", "2");
        this.rounds = options.number("--rounds", 5);
        this.events = options.number("--events", 1_000_000);
        this.folder = Path.of(options.text("--dir", System.getProperty("java.io.tmpdir")));
    }

    /** Runs the parts that are asked for. */
    public static void main(String[] args) throws Exception {
        ReadBenchmark benchmark = new ReadBenchmark(new Options(args));
        for (String part : benchmark.options.text("--parts", "streams,scan").split(",", -1)) {
            switch (part) {
                case "streams" -> benchmark.streams();
                case "scan" -> benchmark.scan();
                case "filters" -> benchmark.filters();
                case "bytes" -> benchmark.bytes();
                default -> throw new IllegalArgumentException("no part " + part);
            }
        }
        System.exit(0);
    }

    private void streams() throws Exception {
        int streams = events / STREAM_EVENTS;
        Path recentPlace = Folders.fresh(folder);
        Path coldPlace = Folders.fresh(folder);
        Path tailPlace = Folders.fresh(folder);
        try (EventStoreBackend memory = InMemoryBackend.unbounded();
                EventStoreBackend tail = open(AllSourceConfig.in(tailPlace));
                EventStoreBackend recent = open(AllSourceConfig.in(recentPlace));
                EventStoreBackend cold = open(AllSourceConfig.in(coldPlace).withRowFileBytes(0))) {
            fill(memory, streams, Prose.byChance());
            fill(tail, TAIL_STREAMS, Prose.byChance());
            fill(recent, streams, Prose.byChance());
            recent.flush().toCompletableFuture().join();
            fill(cold, streams, Prose.byChance());
            cold.flush().toCompletableFuture().join();
            awaitNoRowFiles(coldPlace);
            new Comparison(String.format(Locale.ROOT,
                    "%d events of one stream by chance, of %,d streams (%,d in the tail), %d rounds of %s; per second: such reads",
                    STREAM_EVENTS, streams, TAIL_STREAMS, rounds, time))
                    .with("memory", () -> reads(memory, streams))
                    .with("tail", () -> reads(tail, TAIL_STREAMS))
                    .with("row files", () -> reads(recent, streams))
                    .with("Parquet files", () -> reads(cold, streams))
                    .run(rounds);
        } finally {
            Folders.delete(recentPlace);
            Folders.delete(coldPlace);
            Folders.delete(tailPlace);
        }
    }

    private void scan() throws Exception {
        int streams = events / STREAM_EVENTS;
        Path place = Folders.fresh(folder);
        try (EventStoreBackend memory = InMemoryBackend.unbounded();
                EventStoreBackend cold = open(AllSourceConfig.in(place).withRowFileBytes(0))) {
            fill(memory, streams, Prose.byChance());
            fill(cold, streams, Prose.byChance());
            cold.flush().toCompletableFuture().join();
            awaitNoRowFiles(place);
            new Comparison(String.format(Locale.ROOT,
                    "everything in the order of positions, pages of %,d, %,d events, %d rounds; per second: events",
                    EventReader.MAX_PAGE, streams * STREAM_EVENTS, rounds))
                    .with("memory", () -> scan(memory, EventFilter.all()))
                    .with("Parquet files", () -> scan(cold, EventFilter.all()))
                    .run(rounds);
        } finally {
            Folders.delete(place);
        }
    }

    private void filters() throws Exception {
        int streams = events / STREAM_EVENTS;
        long all = (long) streams * STREAM_EVENTS;
        EventFilter slices = EventFilter.slices(0, StreamId.SLICES / SHARE - 1);
        EventFilter tagged = EventFilter.tag(TAG);
        Path recentPlace = Folders.fresh(folder);
        Path coldPlace = Folders.fresh(folder);
        try (EventStoreBackend recent = open(AllSourceConfig.in(recentPlace));
                EventStoreBackend cold = open(AllSourceConfig.in(coldPlace).withRowFileBytes(0))) {
            for (EventStoreBackend store : List.of(recent, cold)) {
                fill(store, streams, Prose.byChance());
                store.flush().toCompletableFuture().join();
            }
            awaitNoRowFiles(coldPlace);
            new Comparison(String.format(Locale.ROOT,
                    "everything, and what is a %dth of it, in the order of positions, %,d events, %d rounds; per second: events of the store, wanted or not",
                    SHARE, all, rounds))
                    .with("row files, everything", () -> passed(all, recent, EventFilter.all()))
                    .with("row files, slices", () -> passed(all, recent, slices))
                    .with("row files, a tag", () -> passed(all, recent, tagged))
                    .with("Parquet files, everything", () -> passed(all, cold, EventFilter.all()))
                    .with("Parquet files, slices", () -> passed(all, cold, slices))
                    .with("Parquet files, a tag", () -> passed(all, cold, tagged))
                    .run(rounds);
        } finally {
            Folders.delete(recentPlace);
            Folders.delete(coldPlace);
        }
    }

    private void bytes() throws Exception {
        Prose prose = Prose.of(Path.of(options.text("--prose", "")));
        int streams = events / STREAM_EVENTS;
        Path place = Folders.fresh(folder);
        try (EventStoreBackend store = open(AllSourceConfig.in(place))) {
            fill(store, streams, prose);
            store.flush().toCompletableFuture().join();
            double count = (double) streams * STREAM_EVENTS;
            System.out.printf(Locale.ROOT,
                    "%nbytes per event, %,.0f events of 100 bytes of prose, which is used %.1f times%n", count,
                    count * Prose.LENGTH / prose.length());
            System.out.printf(Locale.ROOT, "as sealed:  Parquet %.1f, row files %.1f%n",
                    bytes(place, ".parquet") / count, bytes(place, ".rows") / count);
            ((EngineBackend) store).compact().toCompletableFuture().join();
            System.out.printf(Locale.ROOT, "compacted:  Parquet %.1f, row files %.1f%n",
                    bytes(place, ".parquet") / count, bytes(place, ".rows") / count);
        } finally {
            Folders.delete(place);
        }
        closed("closed after flush()", streams, prose, true);
        closed("closed at once", streams, prose, false);
    }

    /** All files of a store that was filled and closed. */
    private void closed(String how, int streams, Prose prose, boolean flushed) throws Exception {
        double count = (double) streams * STREAM_EVENTS;
        Path place = Folders.fresh(folder);
        try {
            EventStoreBackend store = open(AllSourceConfig.in(place));
            fill(store, streams, prose);
            if (flushed) {
                store.flush().toCompletableFuture().join();
            }
            long begin = System.nanoTime();
            store.close();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            System.out.printf(Locale.ROOT,
                    "%s, in %,d ms:  everything %.1f, of that Parquet %.1f, row files %.1f, log %.4f, index %.1f, state %.1f%n",
                    how, millis, bytesBelow(place) / count, bytes(place, ".parquet") / count,
                    bytes(place, ".rows") / count, bytesBelow(place.resolve("log")) / count,
                    bytesBelow(place.resolve("index")) / count, bytesBelow(place.resolve("state")) / count);
        } finally {
            Folders.delete(place);
        }
    }

    private static long bytesBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static EventStoreBackend open(AllSourceConfig config) {
        return AllSourceBackend.withConfig(config);
    }

    /** Ten events for each stream in turn, so that each has its events in many places. */
    private static void fill(EventStoreBackend store, int streams, Prose prose) {
        List<CompletableFuture<Appended>> inFlight = new ArrayList<>();
        int atOnce = 10;
        long number = 0;
        for (int round = 0; round < STREAM_EVENTS / atOnce; round++) {
            for (int stream = 0; stream < streams; stream++) {
                List<Envelope> records = new ArrayList<>();
                EventMetadata metadata = EventMetadata.at(Instant.now());
                Set<String> tags = stream % SHARE == 0 ? Set.of(TAG) : Set.of();
                for (int i = 0; i < atOnce; i++) {
                    records.add(Envelope.of("account.noted", 1,
                            Payload.json(prose.piece(number++).getBytes(StandardCharsets.US_ASCII)), tags, metadata,
                            null));
                }
                inFlight.add(store.append(new Append(new StreamId("account|" + stream),
                        ExpectedVersion.exactly((long) round * atOnce), "benchmark", records)).toCompletableFuture());
                if (inFlight.size() == IN_FLIGHT) {
                    inFlight.forEach(CompletableFuture::join);
                    inFlight.clear();
                }
            }
        }
        inFlight.forEach(CompletableFuture::join);
    }

    private static void awaitNoRowFiles(Path store) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (bytes(store, ".rows") > 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("row files are still there after " + PATIENCE);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private static long bytes(Path store, String ending) {
        try (Stream<Path> files = Files.list(store.resolve("segments"))) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Comparison.Result reads(EventStoreBackend store, int streams) {
        reads(store, streams, time.dividedBy(2));
        return reads(store, streams, time);
    }

    private static Comparison.Result reads(EventStoreBackend store, int streams, Duration time) {
        Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        Random random = new Random(7);
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        for (long asked = begin; asked < end; asked = System.nanoTime()) {
            StreamId stream = new StreamId("account|" + random.nextInt(streams));
            int read = store.getEvents(stream, 1, Long.MAX_VALUE, STREAM_EVENTS).toCompletableFuture().join().size();
            latency.recordValue(System.nanoTime() - asked);
            if (read != STREAM_EVENTS) {
                throw new IllegalStateException(stream + " has " + read + " events");
            }
        }
        return new Comparison.Result(latency.getTotalCount() / ((System.nanoTime() - begin) / 1e9), 0, latency, null);
    }

    private static Comparison.Result scan(EventStoreBackend store, EventFilter filter) {
        long begin = System.nanoTime();
        long read = read(store, filter);
        return new Comparison.Result(read / ((System.nanoTime() - begin) / 1e9), 0, null, null);
    }

    private static Comparison.Result passed(long events, EventStoreBackend store, EventFilter filter) {
        long begin = System.nanoTime();
        long read = read(store, filter);
        if (read == 0) {
            throw new IllegalStateException(filter + " finds nothing");
        }
        return new Comparison.Result(events / ((System.nanoTime() - begin) / 1e9), 0, null, null);
    }

    private static long read(EventStoreBackend store, EventFilter filter) {
        long read = 0;
        EventPage page = new EventPage(List.of(), Position.START, false);
        while (!page.atEnd()) {
            page = store.getAllEvents(filter, page.next(), EventReader.MAX_PAGE).toCompletableFuture().join();
            read += page.events().size();
        }
        return read;
    }
}
