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
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Opens a store that was killed, and appends and reads there, in processes with a small heap; at several sizes of the
 * store, in turns.
 *
 * <p>Arguments, all optional: {@code --millions 1,10 --rounds 5 --seconds 2 --heap 256m --dir <temp>}. For each size a
 * process fills a store with that many million events of 100 bytes in streams of 100, and is killed with appends in
 * flight. Then, in each round, a process of its own opens each store, says how long that took, appends and reads what
 * it has just appended, and is killed in the same way.
 */
public final class OpenBenchmark {

    private static final int STREAM_EVENTS = 100;
    private static final int BATCH = 20;
    private static final int IN_FLIGHT = 64;
    private static final int APPENDS_IN_FLIGHT = 1_024;
    private static final int TAIL_STREAMS = 200;
    private static final String READY = "ready";

    private OpenBenchmark() {}

    /**
     * What a process said of a store: seconds to open it, of time and of all processors together, appends and reads per
     * second, megabytes of heap at the end.
     */
    private record Seen(double openSeconds, double openCpuSeconds, double appends, double reads, double heapMiB) {

        static Seen of(String line) {
            double[] figures = Arrays.stream(line.split(" ", -1)).skip(1).mapToDouble(Double::parseDouble).toArray();
            return new Seen(figures[0], figures[1], figures[2], figures[3], figures[4]);
        }
    }

    /** Runs all, or what a process of its own is to do. */
    public static void main(String[] args) throws Exception {
        Options options = new Options(args);
        switch (options.text("--child", "")) {
            case "fill" -> fill(Path.of(options.text("--store", "")), options.number("--events", 0));
            case "open" -> open(Path.of(options.text("--store", "")), options.seconds("--seconds", "2"));
            default -> compare(options);
        }
    }

    private static void compare(Options options) throws IOException, InterruptedException {
        int[] millions = options.numbers("--millions", "1,10");
        int rounds = options.number("--rounds", 5);
        String heap = options.text("--heap", "256m");
        Path folder = Folders.fresh(Path.of(options.text("--dir", System.getProperty("java.io.tmpdir"))));
        try {
            double loadBefore = Comparison.load();
            List<List<Seen>> seen = new ArrayList<>();
            for (int size : millions) {
                long begin = System.nanoTime();
                child(heap, "--child", "fill", "--store", folder.resolve(size + "m").toString(), "--events",
                        Integer.toString(size * 1_000_000));
                System.out.printf(Locale.ROOT, "%d million events: filled in %.0f s and killed%n", size,
                        (System.nanoTime() - begin) / 1e9);
                seen.add(new ArrayList<>());
            }
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < millions.length; i++) {
                    seen.get(i)
                            .add(Seen.of(child(heap, "--child", "open", "--store",
                                    folder.resolve(millions[i] + "m").toString(), "--seconds",
                                    options.text("--seconds", "2"))));
                }
            }
            print(millions, seen, String.format(Locale.ROOT,
                    "%nheap %s, %d rounds, load average %.1f before, %.1f after, java %s", heap, rounds, loadBefore,
                    Comparison.load(), System.getProperty("java.version")));
        } finally {
            Folders.delete(folder);
        }
    }

    private static void print(int[] millions, List<List<Seen>> seen, String title) {
        System.out.println(title);
        System.out.printf(Locale.ROOT, "%-18s %10s %10s %10s %12s %6s %14s %12s %6s %14s %9s%n", "", "open s",
                "longest", "cpu s",
                "appends/s", "ratio", "from - to", "reads/s", "ratio", "from - to", "heap MiB");
        List<Seen> base = seen.getFirst();
        for (int i = 0; i < millions.length; i++) {
            List<Seen> at = seen.get(i);
            double[] appends = new double[at.size()];
            double[] reads = new double[at.size()];
            for (int round = 0; round < at.size(); round++) {
                appends[round] = at.get(round).appends / base.get(round).appends;
                reads[round] = at.get(round).reads / base.get(round).reads;
            }
            System.out.printf(Locale.ROOT,
                    "%,4d million events %9.2f %10.2f %10.2f %,12.0f %6.2f %14s %,12.0f %6.2f %14s %9.0f%n",
                    millions[i], Comparison.median(at.stream().mapToDouble(Seen::openSeconds).toArray()),
                    at.stream().mapToDouble(Seen::openSeconds).max().orElse(0),
                    Comparison.median(at.stream().mapToDouble(Seen::openCpuSeconds).toArray()),
                    Comparison.median(at.stream().mapToDouble(Seen::appends).toArray()), Comparison.median(appends),
                    spread(appends), Comparison.median(at.stream().mapToDouble(Seen::reads).toArray()),
                    Comparison.median(reads), spread(reads), at.stream().mapToDouble(Seen::heapMiB).max().orElse(0));
        }
    }

    private static String spread(double[] ratios) {
        return String.format(Locale.ROOT, "%.2f - %.2f", Arrays.stream(ratios).min().orElse(0),
                Arrays.stream(ratios).max().orElse(0));
    }

    /**
     * Runs this class in a process of its own until it says that it is ready, then kills it; the line in which it said
     * so.
     */
    private static String child(String heap, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap, "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                OpenBenchmark.class.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader said = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (line.startsWith(READY)) {
                    return line;
                }
            }
            throw new IllegalStateException("the process ended with exit code " + process.waitFor());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static void fill(Path place, int events) {
        EventStoreBackend store = AllSourceBackend.withConfig(AllSourceConfig.in(place));
        List<CompletableFuture<Appended>> inFlight = new ArrayList<>();
        long number = 0;
        for (int stream = 0; number < events; stream++) {
            for (int at = 0; at < STREAM_EVENTS; at += BATCH) {
                inFlight.add(append(store, "account|" + stream, number, BATCH));
                number += BATCH;
            }
            if (inFlight.size() >= IN_FLIGHT) {
                inFlight.forEach(CompletableFuture::join);
                inFlight.clear();
            }
        }
        inFlight.forEach(CompletableFuture::join);
        appendUntilKilled(store);
    }

    /** The appends under way when the process is killed are what opening has to look at. */
    private static void appendUntilKilled(EventStoreBackend store) {
        System.out.println(READY);
        for (long number = 0;; number++) {
            append(store, "last|" + number % 1_000, number, BATCH).join();
        }
    }

    private static CompletableFuture<Appended> append(EventStoreBackend store, String stream, long number, int count) {
        List<Envelope> records = new ArrayList<>();
        EventMetadata metadata = EventMetadata.at(Instant.now());
        for (int i = 0; i < count; i++) {
            byte[] text = Prose.byChance().piece(number + i).getBytes(StandardCharsets.US_ASCII);
            records.add(Envelope.of("account.noted", 1, Payload.json(text), Set.of(), metadata, null));
        }
        return store.append(new Append(new StreamId(stream), ExpectedVersion.any(), "benchmark", records))
                .toCompletableFuture();
    }

    private static void open(Path place, Duration time) throws InterruptedException {
        long cpuBegin = Load.processCpuNanos();
        long begin = System.nanoTime();
        EventStoreBackend store = AllSourceBackend.withConfig(AllSourceConfig.in(place));
        Position last = store.lastPosition().toCompletableFuture().join();
        double openSeconds = (System.nanoTime() - begin) / 1e9;
        double openCpuSeconds = (Load.processCpuNanos() - cpuBegin) / 1e9;
        if (last.equals(Position.START)) {
            throw new IllegalStateException("the store in " + place + " is empty");
        }
        Load.Target target = (instance, number) -> append(store, "account|" + instance, number, 1);
        Load.run(target, STREAM_EVENTS * 100, APPENDS_IN_FLIGHT, time.dividedBy(2));
        double appends = Load.run(target, STREAM_EVENTS * 100, APPENDS_IN_FLIGHT, time).perSecond();
        store.flush().toCompletableFuture().join();
        String tail = "tail" + last.index() + "|";
        for (int stream = 0; stream < TAIL_STREAMS; stream++) {
            append(store, tail + stream, stream, STREAM_EVENTS).join();
        }
        double reads = reads(store, tail, time);
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        System.out.printf(Locale.ROOT, "%s %f %f %f %f %f%n", READY, openSeconds, openCpuSeconds, appends, reads,
                (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0);
        appendUntilKilled(store);
    }

    private static double reads(EventStoreBackend store, String tail, Duration time) {
        Random random = new Random(7);
        long begin = System.nanoTime();
        long reads = 0;
        while (System.nanoTime() - begin < time.toNanos()) {
            StreamId stream = new StreamId(tail + random.nextInt(TAIL_STREAMS));
            reads += store.getEvents(stream, 1, Long.MAX_VALUE, STREAM_EVENTS).toCompletableFuture().join().size()
                    / STREAM_EVENTS;
        }
        return reads / ((System.nanoTime() - begin) / 1e9);
    }
}
