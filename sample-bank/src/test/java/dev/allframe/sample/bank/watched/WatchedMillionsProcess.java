package dev.allframe.sample.bank.watched;

import static dev.allframe.sample.bank.watched.Meters.HOUSE;
import static dev.allframe.sample.bank.watched.Meters.METER;
import static dev.allframe.sample.bank.watched.Meters.NUMBERS_OF_A_HOUSE;
import static dev.allframe.sample.bank.watched.Meters.READINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.View;
import dev.allframe.projection.Watched;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.watched.Meters.MeterEvent;
import dev.allframe.sample.bank.watched.Meters.Reading;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A store with a large view and a thousand who watch it, ask for a few elements, and ask for nothing while the view
 * grows; then each asks again, and is compared with the rows. Says how much of the heap is in use at each step.
 */
final class WatchedMillionsProcess {

    private static final int WATCHERS = 1_000;
    private static final long BEGINNING = 10_000;
    private static final int BATCH = 1_000;
    private static final int IN_FLIGHT = 8;
    private static final int FIRST_ELEMENTS = 2;
    private static final int SOME_ELEMENTS = 100;

    /** The value of each number before the load, and behind it. */
    private static final long FIRST = 0;
    private static final long LAST = 1;

    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private WatchedMillionsProcess() {}

    /** What somebody watches, and which rows of those that there are in the end were given so far; keeps no row. */
    private static final class Watcher implements Flow.Subscriber<Watched<Long, Reading>> {

        private final long first;
        private final int count;
        private final BitSet given;
        private Flow.@Nullable Subscription subscription;
        private long elements;
        private boolean behind;
        private boolean failed;

        /** The numbers that it watches are so many from the first on. */
        Watcher(long first, long count) {
            this.first = first;
            this.count = Math.toIntExact(count);
            this.given = new BitSet();
        }

        synchronized void request(long more) {
            Objects.requireNonNull(subscription).request(more);
        }

        synchronized long elements() {
            assertThat(failed).isFalse();
            return elements;
        }

        synchronized boolean hasAll() {
            assertThat(failed).isFalse();
            return given.cardinality() == count;
        }

        synchronized boolean wasBehind() {
            return behind;
        }

        @Override
        public synchronized void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            begun.request(FIRST_ELEMENTS);
        }

        @Override
        public synchronized void onNext(Watched<Long, Reading> element) {
            elements++;
            switch (element) {
                case Watched.Row<Long, Reading>(var number, var row, var changes, var position) ->
                    given.set(Math.toIntExact(number - first), row.value() == LAST);
                case Watched.Gone<Long, Reading> gone -> failed = true;
                case Watched.Current<Long, Reading> current -> {
                }
                case Watched.Again<Long, Reading> again -> {
                    behind = true;
                    given.clear();
                }
            }
        }

        @Override
        public synchronized void onError(Throwable thrown) {
            thrown.printStackTrace();
            failed = true;
        }

        @Override
        public void onComplete() {
            // AllFrame is closed
        }
    }

    /** Arguments: the folder of the store, and how many rows there are in the end, a multiple of a million. */
    public static void main(String[] arguments) {
        long rows = Long.parseLong(arguments[1]);
        try (AllFrame meters = AllFrame
                .standalone("meters",
                        ConfigFactory.parseMap(Map.of("allframe.storage", "allsource", "allsource.dir", arguments[0],
                                "allsource.memory", "64MiB"))
                                .withFallback(ConfigFactory.load()))
                .aggregate(METER)
                .projection(READINGS)
                .start()) {
            run(meters, rows);
            System.out.println("done");
        } catch (Throwable failed) { // whatever it is, the test is to hear it
            failed.printStackTrace();
            System.exit(1);
        }
    }

    private static void run(AllFrame meters, long rows) throws InterruptedException {
        View<Long, Reading> view = meters.view(READINGS);
        write(meters, BEGINNING, FIRST);
        live(meters);
        say("begun", BEGINNING);
        List<Watcher> watchers = watch(view, rows);
        await().atMost(PATIENCE).until(() -> watchers.stream().allMatch(watcher -> watcher.elements() > 0));
        long before = say("watched", WATCHERS);

        long began = System.nanoTime();
        write(meters, rows, LAST);
        live(meters);
        assertThat(view.count()).isEqualTo(rows);
        long after = say("loaded", rows * 1_000_000_000 / (System.nanoTime() - began));
        assertThat(watchers).allMatch(watcher -> watcher.elements() <= FIRST_ELEMENTS);
        assertThat(after - before).as("MiB more, of which the store may have 64").isLessThan(96);

        began = System.nanoTime();
        for (int i = 0; i < WATCHERS; i++) {
            watchers.get(i).request(isToHaveAll(i) ? Long.MAX_VALUE : SOME_ELEMENTS);
        }
        await().atMost(PATIENCE)
                .until(() -> IntStream.range(0, WATCHERS)
                        .allMatch(i -> isToHaveAll(i)
                                ? watchers.get(i).hasAll()
                                : watchers.get(i).elements() == FIRST_ELEMENTS + SOME_ELEMENTS));
        long behind = watchers.stream().filter(Watcher::wasBehind).count();
        say("given in ms", (System.nanoTime() - began) / 1_000_000);
        // How many had to depends on whether changes came faster than they were handed on.
        say("begun again", behind);
    }

    /** Half of them watch all, one of whom asks for all in the end; the others watch a key, or a house. */
    private static List<Watcher> watch(View<Long, Reading> view, long rows) {
        List<Watcher> watchers = new ArrayList<>();
        for (int i = 0; i < WATCHERS; i++) {
            long number = i * 13L % BEGINNING;
            Watcher watcher;
            Flow.Publisher<Watched<Long, Reading>> watched;
            if (i % 2 == 0) {
                watcher = new Watcher(0, rows);
                watched = view.watch();
            } else if (i % 10 < 9) {
                watcher = new Watcher(number, 1);
                watched = view.watch(number);
            } else {
                watcher = new Watcher(i * NUMBERS_OF_A_HOUSE, NUMBERS_OF_A_HOUSE);
                watched = view.watch(HOUSE, (long) i);
            }
            watched.subscribe(watcher);
            watchers.add(watcher);
        }
        return watchers;
    }

    private static boolean isToHaveAll(int watcher) {
        return watcher % 2 > 0 || watcher == 0;
    }

    /** Stores a reading of each number, in batches, some at once. */
    private static void write(AllFrame meters, long numbers, long value) throws InterruptedException {
        EventStore<MeterEvent> events = EventStore.of(meters.backend(), METER, JacksonEventCodec.of(METER));
        Semaphore room = new Semaphore(IN_FLIGHT);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        for (long first = 0; first < numbers; first += BATCH) {
            List<MeterEvent> batch = new ArrayList<>(BATCH);
            for (long number = first; number < first + BATCH; number++) {
                batch.add(new MeterEvent.Read(number, value));
            }
            room.acquire();
            CompletionStage<?> unused = events.append("meter-" + first / BATCH % 64, ExpectedVersion.any(), batch)
                    .whenComplete((done, failed) -> {
                        failure.compareAndSet(null, failed);
                        room.release();
                    });
        }
        room.acquire(IN_FLIGHT);
        assertThat(failure.get()).isNull();
    }

    private static void live(AllFrame meters) {
        await().atMost(PATIENCE).until(() -> {
            ProjectionMetadata now = meters.projections().describe(READINGS.name());
            return now.state() == ProjectionState.LIVE && now.lag() == 0;
        });
    }

    /** The MiB of the heap that are in use behind a collection. */
    private static long say(String what, long number) {
        System.gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
        System.out.println(what + " " + number + ", heap " + used + " MiB");
        return used;
    }
}
