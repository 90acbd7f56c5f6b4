package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Marbles.BOX;
import static dev.allframe.runtime.projection.Marbles.COLOUR;
import static dev.allframe.runtime.projection.Marbles.MARBLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.ForwardingViews;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.Watched;
import dev.allframe.runtime.projection.Marbles.BoxEvent;
import dev.allframe.runtime.projection.Marbles.Marble;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever is written while somebody watches, and however slowly it asks: what it was given amounts to the rows of the
 * view in the end; each element is a state that the row had at its position or later; and each time that the first rows
 * are complete, every row was given as it was at that position or later. A seed repeats what is done, and not what
 * threads make of it.
 *
 * <p>Each of these faults, put in by hand, turns it red: {@link Watching} follows changes behind the first page instead
 * of before it, or takes a change for one that is met later while a page is read, or gives a changed row that is met
 * later; {@link Watching} gives nothing for a row that is missing; it begins again without saying so, or does not when
 * it should; {@link Watchers} tells of a change those alone who watch the new value; {@link ViewWork} tells nobody of a
 * page.
 */
final class WatchInterleavingTest {

    private static final int STEPS = 60;
    private static final int NUMBERS = 250;
    private static final List<String> COLOURS = List.of("blue", "green", "red");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final ActorSystem<Void> SYSTEM = ActorSystem.create(Behaviors.empty(), "watchers",
            ConfigFactory.parseString("pekko.loglevel = OFF\npekko.log-dead-letters = off")
                    .withFallback(ConfigFactory.load()));

    @AfterAll
    static void end() {
        SYSTEM.terminate();
    }

    @Test
    void no_interleaving_hides_a_change_from_those_who_watch() {
        int count = Integer.getInteger("watch.interleavings", 20);
        long seed = Long.getLong("test.seed", System.nanoTime());
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            long own = i == 0 ? seed : new Random(seed + i).nextLong();
            System.out.println("replay with -Dtest.seed=" + own + " -Dwatch.interleavings=1");
            new Box(own).run(seen);
        }
        assertThat(seen).contains("row", "gone", "current", "BEHIND", "REPLACED", "conflated");
    }

    /** Lets others go first, now and then. */
    private static void pause() {
        int dice = ThreadLocalRandom.current().nextInt(64);
        if (dice == 0) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(100_000));
        } else if (dice < 16) {
            LockSupport.parkNanos(1);
        }
    }

    /** Tables in memory that take their time before and behind each read. */
    private static final class Slow extends ForwardingViews {

        Slow() {
            super(new MemoryViewStore());
        }

        @Override
        protected ViewTables tables(ViewTables opened) {
            return new Tables(opened) {
                @Override
                public byte @Nullable [] get(ViewTable table, byte[] key) {
                    pause();
                    byte[] row = super.get(table, key);
                    pause();
                    return row;
                }

                @Override
                public ViewSnapshot snapshot() {
                    pause();
                    return new SlowSnapshot(super.snapshot());
                }

                @Override
                public void write(ViewBatch batch) {
                    super.write(batch);
                    pause();
                }
            };
        }
    }

    private record SlowSnapshot(ViewSnapshot snapshot) implements ViewSnapshot {

        @Override
        public byte @Nullable [] get(ViewTable table, byte[] key) {
            return snapshot.get(table, key);
        }

        @Override
        public List<byte @Nullable []> getAll(ViewTable table, List<byte[]> keys) {
            return snapshot.getAll(table, keys);
        }

        @Override
        public Cursor cursor(ViewTable table, KeyRange range, boolean descending) {
            return snapshot.cursor(table, range, descending);
        }

        @Override
        public void close() {
            pause();
            snapshot.close();
        }
    }

    /** Somebody who watches, and asks in a way of its own. Signals are serial, or it fails. */
    private static final class Watcher implements Flow.Subscriber<Watched<Integer, Marble>> {

        private final String colour;
        private final int number;
        private final int step;
        private final List<Watched<Integer, Marble>> elements = new ArrayList<>();
        private final Map<Integer, Marble> rows = new TreeMap<>();
        private volatile Flow.@Nullable Subscription subscription;

        /**
         * @param colour empty for all colours
         * @param number negative for all numbers
         * @param step how much it asks for each time that it was given so much; 0 where the test asks
         */
        Watcher(String colour, int number, int step) {
            this.colour = colour;
            this.number = number;
            this.step = step;
        }

        void watch(ServedView<Integer, Marble> view) {
            Flow.Publisher<Watched<Integer, Marble>> all = number >= 0
                    ? view.watch(number)
                    : colour.isEmpty() ? view.watch() : view.watch(COLOUR, colour);
            all.subscribe(this);
        }

        boolean wants(int key, @Nullable Marble marble) {
            return marble != null && (number < 0 || number == key)
                    && (number >= 0 || colour.isEmpty() || marble.colour().equals(colour));
        }

        void request(long count) {
            Flow.Subscription now = subscription;
            if (now != null) {
                now.request(count);
            }
        }

        void cancel() {
            Flow.Subscription now = subscription;
            if (now != null) {
                now.cancel();
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            if (step > 0) {
                given.request(step);
            }
        }

        @Override
        public synchronized void onNext(Watched<Integer, Marble> element) {
            elements.add(element);
            apply(rows, element);
            if (step > 0 && elements.size() % step == 0) {
                request(step);
            }
            if (elements.size() % 50 == 0) {
                pause();
            }
        }

        static void apply(Map<Integer, Marble> rows, Watched<Integer, Marble> element) {
            switch (element) {
                case Watched.Row<Integer, Marble>(var key, var row, var changes, var at) -> rows.put(key, row);
                case Watched.Gone<Integer, Marble>(var key, var changes, var at) -> rows.remove(key);
                case Watched.Current<Integer, Marble> current -> {
                }
                case Watched.Again<Integer, Marble> again -> rows.clear();
            }
        }

        synchronized Map<Integer, Marble> rows() {
            return new TreeMap<>(rows);
        }

        @Override
        public void onError(Throwable thrown) {
            throw new AssertionError(thrown);
        }

        @Override
        public void onComplete() {
            // the view was stopped
        }

        /** Compares each element with the states that the rows have had. */
        synchronized void check(Map<Integer, NavigableMap<Long, Optional<Marble>>> history, Set<String> seen) {
            Map<Integer, Marble> folded = new TreeMap<>();
            for (Watched<Integer, Marble> element : elements) {
                apply(folded, element);
                long at = element.position().index();
                switch (element) {
                    case Watched.Row<Integer, Marble>(var key, var row, var changes, var position) -> {
                        must(wants(key, row) && states(history, key, at).contains(Optional.of(row)), element);
                        seen.add(changes > 1 ? "conflated" : "row");
                    }
                    case Watched.Gone<Integer, Marble>(var key, var changes, var position) -> {
                        must(states(history, key, at).stream().anyMatch(state -> !wants(key, state.orElse(null))),
                                element);
                        seen.add("gone");
                    }
                    case Watched.Current<Integer, Marble>(var position) -> {
                        history.keySet()
                                .forEach(key -> must(states(history, key, at).stream()
                                        .map(state -> state.filter(marble -> wants(key, marble)))
                                        .anyMatch(Optional.ofNullable(folded.get(key))::equals), element));
                        seen.add("current");
                    }
                    case Watched.Again<Integer, Marble>(var reason, var position) -> seen.add(reason.name());
                }
            }
        }

        private void must(boolean holds, Watched<Integer, Marble> element) {
            if (!holds) {
                throw new AssertionError(this + ": " + element + " of " + elements);
            }
        }

        private static List<Optional<Marble>> states(Map<Integer, NavigableMap<Long, Optional<Marble>>> history,
                int key, long at) {
            NavigableMap<Long, Optional<Marble>> states = history.getOrDefault(key, new TreeMap<>());
            List<Optional<Marble>> found = new ArrayList<>(states.tailMap(at, false).values());
            Map.Entry<Long, Optional<Marble>> then = states.floorEntry(at);
            found.add(then == null ? Optional.empty() : then.getValue());
            return found;
        }

        @Override
        public String toString() {
            return "watcher of " + (number >= 0 ? number : colour.isEmpty() ? "all" : colour) + " by " + step;
        }
    }

    /** One view with its store and those who watch it. */
    private static final class Box {

        private final Random random;
        private final InMemoryBackend store = InMemoryBackend.unbounded();
        private final EventStore<BoxEvent> events = EventStore.of(store, BOX, JacksonEventCodec.of(BOX));
        private final RegisteredView<Integer, Marble> type = RegisteredView.of(MARBLES);
        private final ServedView<Integer, Marble> view = new ServedView<>(type, store, 40);
        private final ViewOrders orders = new ViewOrders(store);
        private final List<Watcher> watching = new ArrayList<>();
        private final ActorRef<ViewActor.Message> actor;
        private long weight;
        private long last;

        Box(long seed) {
            random = new Random(seed);
            ViewWork<Integer, Marble> work = new ViewWork<>(type, view,
                    new Generations<>(type, new Slow(), store, Clock.systemUTC(), Duration.ofDays(7)), store, orders);
            ProjectionSettings settings = new ProjectionSettings(1 + random.nextInt(20), 0, Duration.ofSeconds(1),
                    Duration.ofDays(7), Duration.ofMillis(1), Duration.ofMillis(4));
            actor = SYSTEM.systemActorOf(ViewKeeper.create(new ViewActor.Parts<>(type, view, work, store, orders,
                    new Serial(Thread::startVirtualThread), Thread::startVirtualThread, new BuildTurns(), settings,
                    new Progress(Clock.systemUTC()), Refusals.none())), "watched-" + seed, Props.empty());
        }

        void run(Set<String> seen) {
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            watching.forEach(watcher -> watcher.request(Long.MAX_VALUE));
            try {
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).ignoreExceptions().untilAsserted(() -> {
                    assertThat(view.position()).isEqualTo(store.lastPosition().toCompletableFuture().join());
                    Map<Integer, Marble> rows = new TreeMap<>();
                    view.range(Range.all(), QueryOption.limit(QueryOption.MAX_LIMIT))
                            .entries()
                            .forEach(entry -> rows.put(entry.key(), entry.row()));
                    watching.forEach(watcher -> {
                        Map<Integer, Marble> wanted = new TreeMap<>(rows);
                        wanted.entrySet().removeIf(entry -> !watcher.wants(entry.getKey(), entry.getValue()));
                        assertThat(watcher.rows()).as(watcher.toString()).isEqualTo(wanted);
                    });
                });
                Map<Integer, NavigableMap<Long, Optional<Marble>>> history = history();
                watching.forEach(watcher -> watcher.check(history, seen));
            } finally {
                CompletableFuture<Done> stopped = new CompletableFuture<>();
                actor.tell(new ViewActor.Stop(stopped));
                stopped.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            }
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> view.watchers().subscribed() == 0);
            assertThat(view.watchers().pending()).isZero();
        }

        private Map<Integer, NavigableMap<Long, Optional<Marble>>> history() {
            Map<Integer, NavigableMap<Long, Optional<Marble>>> history = new TreeMap<>();
            Map<Integer, Marble> rows = new TreeMap<>();
            for (var recorded : events.streamEvents("box").toList()) {
                Map<Integer, Marble> next = Marbles.applied(rows, recorded.event());
                Set<Integer> keys = new TreeSet<>(rows.keySet());
                keys.addAll(next.keySet());
                for (int key : keys) {
                    if (!Optional.ofNullable(next.get(key)).equals(Optional.ofNullable(rows.get(key)))) {
                        history.computeIfAbsent(key, first -> new TreeMap<>())
                                .put(recorded.position().index(), Optional.ofNullable(next.get(key)));
                    }
                }
                rows = next;
            }
            return history;
        }

        private List<Integer> numbers(int count) {
            return random.ints(count, 0, NUMBERS).distinct().boxed().toList();
        }

        private String colour() {
            return COLOURS.get(random.nextInt(COLOURS.size()));
        }

        private void write(BoxEvent event) {
            events.append("box", ExpectedVersion.any(), List.of(event)).toCompletableFuture().join();
            last = store.lastPosition().toCompletableFuture().join().index();
        }

        private void step() {
            int dice = random.nextInt(100);
            if (dice < 40) {
                for (int i = random.nextInt(12); i >= 0; i--) {
                    write(new BoxEvent.Placed(numbers(1 + random.nextInt(5)), colour(), ++weight));
                }
            } else if (dice < 48) {
                write(new BoxEvent.Placed(numbers(60), colour(), ++weight));
            } else if (dice < 58) {
                write(new BoxEvent.Taken(numbers(1 + random.nextInt(20))));
            } else if (dice < 62) {
                write(new BoxEvent.Painted(colour(), colour()));
            } else if (dice < 64) {
                orders.give(MARBLES.name(), new ViewOrder.RebuildOrdered("test", "dice", true))
                        .toCompletableFuture()
                        .join();
            } else if (dice < 65) {
                actor.tell(new ViewActor.Ping(() -> {
                    throw new IllegalStateException("the actor fails, says the test");
                }));
            } else if (dice < 80 && watching.size() < 12) {
                Watcher watcher = new Watcher(random.nextBoolean() ? "" : colour(),
                        random.nextInt(5) == 0 ? random.nextInt(NUMBERS) : -1,
                        List.of(0, 1, 7, 1_000_000).get(random.nextInt(4)));
                watching.add(watcher);
                watcher.watch(view);
            } else if (dice < 83 && !watching.isEmpty()) {
                watching.remove(random.nextInt(watching.size())).cancel();
            } else if (dice < 93 && !watching.isEmpty()) {
                watching.get(random.nextInt(watching.size())).request(1 + random.nextInt(100));
            } else {
                LockSupport.parkNanos(random.nextInt(1_000_000));
            }
            if (random.nextInt(4) == 0) {
                catchUp(last == 0 ? 0 : last - random.nextLong(Math.min(last, 30)));
            }
        }

        /** Otherwise a busy machine does everything before the view has begun. */
        private void catchUp(long index) {
            await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofNanos(100_000)).until(() -> {
                Published now = view.published();
                return now != null && now.state().position().index() >= index;
            });
        }
    }
}
