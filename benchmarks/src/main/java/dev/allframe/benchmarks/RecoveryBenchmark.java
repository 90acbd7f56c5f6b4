package dev.allframe.benchmarks;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByTagQuery;
import org.apache.pekko.persistence.query.javadsl.EventsByTagQuery;
import org.apache.pekko.persistence.query.javadsl.ReadJournal;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * What Pekko reads out of a journal: the recovery of 100 and of 10,000 actors and of one with a long history, and the
 * events of a tag that are there, each beside a journal in memory; and how long it takes from a command to its event in
 * a live query.
 *
 * <p>Arguments, all optional: {@code --parts recovery,tags,live --entities 100,10000,1 --rounds 5 --events 100000
 * --commands 2000 --dir <temp>}. Events are 100 bytes of text as Jackson CBOR. The events to be recovered were written
 * just before.
 */
public final class RecoveryBenchmark {

    private static final String TAG = "kept";
    /** Who has the events that are read by tag. */
    private static final int TAGGED_ENTITIES = 100;
    private static final String IN_MEMORY_OF_PEKKO = "pekko.persistence.journal.plugin = pekko.persistence.journal.inmem";
    private static final String IN_MEMORY = "pekko.persistence.journal.plugin = inmemory.journal";

    private final Options options;
    private final int rounds;
    private final int events;
    private final Path folder;

    private RecoveryBenchmark(Options options) {
        this.options = options;
        this.rounds = options.number("--rounds", 5);
        this.events = options.number("--events", 100_000);
        this.folder = Path.of(options.text("--dir", System.getProperty("java.io.tmpdir")));
    }

    /** An actor system on a journal that has events. */
    private record Filled(ActorSystem<Void> system) implements AutoCloseable {

        static Filled with(String config, int entities, int events) throws InterruptedException {
            Filled filled = new Filled(ActorSystem.create(Behaviors.empty(), "recovery",
                    ConfigFactory.parseString(config)
                            .withFallback(ConfigFactory.parseString(JournalBenchmark.COMMON))
                            .withFallback(ConfigFactory.load())));
            List<ActorRef<Keeper.Command>> keepers = filled.keepers(entities);
            List<CompletableFuture<Long>> done = new ArrayList<>();
            for (int i = 0; i < events; i++) {
                CompletableFuture<Long> kept = new CompletableFuture<>();
                keepers.get(i % entities).tell(new Keeper.Keep(Prose.byChance().piece(i), kept));
                done.add(kept);
                if (done.size() == 500) {
                    done.forEach(CompletableFuture::join);
                    done.clear();
                }
            }
            done.forEach(CompletableFuture::join);
            filled.stop(keepers);
            return filled;
        }

        List<ActorRef<Keeper.Command>> keepers(int entities) {
            List<ActorRef<Keeper.Command>> keepers = new ArrayList<>();
            for (int i = 0; i < entities; i++) {
                keepers.add(system.systemActorOf(Keeper.create("k" + i, Set.of(TAG)), "k" + System.nanoTime(),
                        Props.empty()));
            }
            return keepers;
        }

        void stop(List<ActorRef<Keeper.Command>> keepers) throws InterruptedException {
            CountDownLatch stopped = new CountDownLatch(keepers.size());
            system.systemActorOf(Behaviors.setup(context -> {
                keepers.forEach(context::watch);
                keepers.forEach(keeper -> keeper.tell(Keeper.Stop.INSTANCE));
                return Behaviors.receive(Object.class).onSignal(Terminated.class, ended -> {
                    stopped.countDown();
                    return Behaviors.same();
                }).build();
            }), "stopping" + System.nanoTime(), Props.empty());
            if (!stopped.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("actors do not stop");
            }
        }

        /** Starts the actors, waits until all are recovered, and stops them. */
        Comparison.Result recover(int entities, int events) throws InterruptedException {
            long cpuBegin = Load.processCpuNanos();
            long begin = System.nanoTime();
            List<ActorRef<Keeper.Command>> keepers = keepers(entities);
            List<CompletableFuture<Long>> counts = new ArrayList<>();
            keepers.forEach(keeper -> {
                CompletableFuture<Long> count = new CompletableFuture<>();
                counts.add(count);
                keeper.tell(new Keeper.Count(count));
            });
            long recovered = counts.stream().mapToLong(CompletableFuture::join).sum();
            double seconds = (System.nanoTime() - begin) / 1e9;
            double cpuMicros = (Load.processCpuNanos() - cpuBegin) / 1e3 / recovered;
            if (recovered != events) {
                throw new IllegalStateException(recovered + " events are recovered of " + events);
            }
            stop(keepers);
            return new Comparison.Result(recovered / seconds, cpuMicros, null, null);
        }

        Comparison.Result byTag(String query, int events) {
            CurrentEventsByTagQuery journal = journal(CurrentEventsByTagQuery.class, query);
            long begin = System.nanoTime();
            long read = journal.currentEventsByTag(TAG, Offset.noOffset())
                    .runWith(Sink.fold(0L, (count, event) -> count + 1), system)
                    .toCompletableFuture()
                    .join();
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (read != events) {
                throw new IllegalStateException(read + " events have the tag, not " + events);
            }
            return new Comparison.Result(read / seconds, 0, null, null);
        }

        private <T> T journal(Class<T> kind, String query) {
            ReadJournal journal = PersistenceQuery.get(Adapter.toClassic(system))
                    .getReadJournalFor(ReadJournal.class, query);
            return kind.cast(journal);
        }

        /** Sends one command after the other, each when the event of the last was seen. */
        Comparison.Result live(String query, int commands) {
            EventsByTagQuery journal = journal(EventsByTagQuery.class, query);
            ConcurrentLinkedQueue<CompletableFuture<Long>> awaited = new ConcurrentLinkedQueue<>();
            CompletableFuture<Long> first = new CompletableFuture<>();
            awaited.add(first);
            var running = journal.eventsByTag(TAG, Offset.noOffset())
                    .runWith(Sink.foreach(event -> {
                        CompletableFuture<Long> seen = awaited.poll();
                        if (seen != null) {
                            seen.complete(System.nanoTime());
                        }
                    }), system);
            ActorRef<Keeper.Command> keeper = system.systemActorOf(Keeper.create("live", Set.of(TAG)),
                    "live" + System.nanoTime(), Props.empty());
            keeper.tell(new Keeper.Keep(Prose.byChance().piece(0), new CompletableFuture<>()));
            first.join();
            Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
            long begin = System.nanoTime();
            for (int i = 0; i < commands; i++) {
                CompletableFuture<Long> seen = new CompletableFuture<>();
                awaited.add(seen);
                long sent = System.nanoTime();
                keeper.tell(new Keeper.Keep(Prose.byChance().piece(i), new CompletableFuture<>()));
                latency.recordValue(seen.join() - sent);
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (running.toCompletableFuture().isDone()) {
                throw new IllegalStateException("the live query has ended");
            }
            return new Comparison.Result(commands / seconds, 0, latency, null);
        }

        @Override
        public void close() {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    /** Runs all. */
    public static void main(String[] args) throws Exception {
        RecoveryBenchmark benchmark = new RecoveryBenchmark(new Options(args));
        List<String> parts = List.of(benchmark.options.text("--parts", "recovery,tags,live").split(",", -1));
        if (parts.contains("recovery")) {
            for (int entities : benchmark.options.numbers("--entities", "100,10000,1")) {
                benchmark.recovery(entities);
            }
        }
        if (parts.contains("tags")) {
            benchmark.tags();
        }
        if (parts.contains("live")) {
            benchmark.live();
        }
        System.exit(0);
    }

    private void recovery(int entities) throws Exception {
        Path place = Folders.fresh(folder);
        try (Filled peer = Filled.with(IN_MEMORY_OF_PEKKO, entities, events);
                Filled memory = Filled.with(IN_MEMORY, entities, events);
                Filled store = Filled.with(durable(place), entities, events)) {
            new Comparison(String.format(Locale.ROOT, "recovery of %,d actors with %,d events in all, %d rounds",
                    entities, events, rounds))
                    .with("Pekko's in-memory journal", () -> peer.recover(entities, events))
                    .with("inmemory.journal", () -> memory.recover(entities, events))
                    .with("allsource.journal", () -> store.recover(entities, events))
                    .run(rounds);
        } finally {
            Folders.delete(place);
        }
    }

    private void tags() throws Exception {
        Path place = Folders.fresh(folder);
        try (Filled memory = Filled.with(IN_MEMORY, TAGGED_ENTITIES, events);
                Filled store = Filled.with(durable(place), TAGGED_ENTITIES, events)) {
            new Comparison(String.format(Locale.ROOT, "current events by tag, %,d events, %d rounds", events, rounds))
                    .with("inmemory.query", () -> memory.byTag("inmemory.query", events))
                    .with("allsource.query", () -> store.byTag("allsource.query", events))
                    .run(rounds);
        } finally {
            Folders.delete(place);
        }
    }

    private void live() throws Exception {
        int commands = options.number("--commands", 2_000);
        new Comparison(String.format(Locale.ROOT,
                "from a command to its event in a live query by tag, one at a time, %,d of them, %d rounds", commands,
                rounds))
                .with("inmemory.query", () -> live(IN_MEMORY, "inmemory.query", commands))
                .with("allsource.query", () -> {
                    Path place = Folders.fresh(folder);
                    try {
                        return live(durable(place), "allsource.query", commands);
                    } finally {
                        Folders.delete(place);
                    }
                })
                .run(rounds);
    }

    private static Comparison.Result live(String config, String query, int commands) throws InterruptedException {
        try (Filled filled = Filled.with(config, 1, 0)) {
            return filled.live(query, commands);
        }
    }

    private static String durable(Path place) {
        return String.format(Locale.ROOT, """
                pekko.persistence.journal.plugin = allsource.journal
                allsource.dir = "%s"
                """, place);
    }
}
