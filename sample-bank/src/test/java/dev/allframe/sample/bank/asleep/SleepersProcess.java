package dev.allframe.sample.bank.asleep;

import static dev.allframe.sample.bank.asleep.Sleepers.BELL;
import static dev.allframe.sample.bank.asleep.Sleepers.SLEEPER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.runtime.AllFrame;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import dev.allframe.sample.bank.asleep.Sleepers.MovedClock;
import dev.allframe.sample.bank.asleep.Sleepers.Rung;
import dev.allframe.sample.bank.asleep.Sleepers.Sleeper;
import dev.allframe.store.BackendStats;
import dev.allframe.store.EventStore;
import dev.allframe.store.Position;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Opens a store and puts sagas to sleep, or waits for those that sleep in it. Some have been due since an hour when the
 * second process starts; of the others some are due on one day, of which the first cannot be read, and the rest on
 * another. The process moves its clock to these days.
 */
final class SleepersProcess {

    /** So many are due when the store is opened again. */
    static final int DUE = 1_000;

    /** So many fail when they are woken. */
    static final int FRAGILE = 500;

    /** So many are due behind those that fail. */
    private static final int BEHIND = 100;
    private static final Instant ONE_DAY = Instant.parse("2090-01-01T00:00:00Z");
    private static final Instant ANOTHER_DAY = Instant.parse("2091-01-01T00:00:00Z");

    /** So many looks in a row must find the same files: the store keeps what nobody reads for a minute at most. */
    private static final int LOOKS = 130;
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(20);

    private SleepersProcess() {}

    /**
     * Arguments: the folder of the store, {@code sleep} or {@code wake}, how many sagas there are, and whether the heap
     * is measured when the store has tidied up.
     */
    public static void main(String[] arguments) {
        int sagas = Integer.parseInt(arguments[2]);
        boolean sleep = arguments[1].equals("sleep");
        MovedClock clock = new MovedClock(sleep ? Duration.ofDays(-1) : Duration.ZERO);
        try (AllFrame sleepers = start(arguments[0], clock)) {
            if (sleep) {
                sleep(sleepers, sagas);
            } else {
                wake(sleepers, clock, sagas, Boolean.parseBoolean(arguments[3]));
            }
        } catch (Throwable failed) { // whatever it is, the test is to hear it
            failed.printStackTrace();
            System.exit(1);
        }
    }

    private static AllFrame start(String folder, MovedClock clock) {
        return AllFrame
                .standalone("sleepers",
                        ConfigFactory
                                .parseMap(Map.of("allframe.storage", "allsource", "allsource.dir", folder,
                                        "allsource.memory", "64MiB", "allframe.command-timeout", "60s"))
                                .withFallback(ConfigFactory.load()))
                .clock(clock)
                .aggregate(BELL)
                .saga(SLEEPER)
                .start();
    }

    /** Says so when all sleep, and waits to be killed. Its clock is a day slow, so that none is due. */
    private static void sleep(AllFrame sleepers, int sagas) throws InterruptedException {
        Instant hourAgo = Instant.now().minus(1, ChronoUnit.HOURS);
        Semaphore room = new Semaphore(1_000);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < sagas; i++) {
            Instant moment = i < DUE
                    ? hourAgo.plusMillis(i)
                    : i < DUE + FRAGILE ? ONE_DAY : i < DUE + FRAGILE + BEHIND ? ONE_DAY.plusMillis(1) : ANOTHER_DAY;
            Sleeper context = new Sleeper(i, moment, i >= DUE && i < DUE + FRAGILE);
            room.acquire();
            CompletionStage<SagaHandle> unused = sleepers.sagas()
                    .start(SLEEPER, Integer.toString(i), context)
                    .whenComplete((handle, failed) -> {
                        failure.compareAndSet(null, failed);
                        room.release();
                    });
        }
        room.acquire(1_000);
        assertThat(failure.get()).isNull();
        assertThat(rings(sleepers)).isEmpty();
        System.out.println("asleep");
        Thread.currentThread().join();
    }

    private static void wake(AllFrame sleepers, MovedClock clock, int sagas, boolean measures) {
        Instant live = clock.instant();
        awaitRings(sleepers, DUE);
        say("due when the view is live", live, rings(sleepers).values().stream().toList());
        sleepers.backend().flush().toCompletableFuture().join(); // the newest events are in the heap until then
        if (measures) {
            awaitRest(sleepers);
        }
        System.out.println("heap " + heapMiB() + " MiB with " + (sagas - DUE) + " asleep");

        Sleepers.broken = true;
        clock.moveTo(ONE_DAY.minus(SOON));
        awaitRings(sleepers, DUE + BEHIND);
        say("due behind " + FRAGILE + " that fail", ONE_DAY, after(sleepers, ONE_DAY));

        Sleepers.broken = false;
        clock.moveTo(ANOTHER_DAY.minus(SOON));
        awaitRings(sleepers, sagas);
        say("due at once", ANOTHER_DAY, after(sleepers, ANOTHER_DAY));
        System.out.println("heap " + heapMiB() + " MiB when all have rung");
        await().atMost(PATIENCE)
                .until(() -> sleepers.sagas()
                        .find(SagaQuery.all().in(SagaStatus.Phase.RUNNING).limit(1))
                        .sagas()
                        .isEmpty());
        assertThat(rings(sleepers)).hasSize(sagas);
        System.out.println("done");
    }

    /** Waits until the store has tidied up and keeps nothing that was read: its files have been the same for long. */
    private static void awaitRest(AllFrame sleepers) {
        BackendStats.Tiers[] files = {BackendStats.Tiers.NONE};
        int[] looks = {0};
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
            BackendStats.Tiers now = sleepers.backend().stats().tiers();
            looks[0] = now.equals(files[0]) ? looks[0] + 1 : 0;
            files[0] = now;
            return looks[0] >= LOOKS;
        });
    }

    /** How many MiB of the heap are in use, garbage aside. */
    private static long heapMiB() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
    }

    private static List<Instant> after(AllFrame sleepers, Instant moment) {
        return rings(sleepers).values().stream().filter(rung -> !rung.isBefore(moment)).toList();
    }

    private static void awaitRings(AllFrame sleepers, int count) {
        Position[] position = {Position.START};
        long[] seen = {0};
        EventStore<Rung> bells = sleepers.eventStore(BELL);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            bells.streamAllEvents(position[0]).forEach(event -> {
                position[0] = event.position();
                seen[0]++;
            });
            return seen[0] >= count;
        });
    }

    /** When each has rung its bell: once. */
    private static Map<Integer, Instant> rings(AllFrame sleepers) {
        Map<Integer, Instant> rings = new HashMap<>();
        sleepers.eventStore(BELL)
                .streamAllEvents(Position.START)
                .forEach(event -> assertThat(rings.put(event.event().sleeper(), event.metadata().timestamp()))
                        .as("sleeper %s has rung before", event.event().sleeper())
                        .isNull());
        return rings;
    }

    private static void say(String what, Instant from, List<Instant> rings) {
        List<Long> millis = rings.stream().map(rung -> Duration.between(from, rung).toMillis()).sorted().toList();
        System.out.printf(Locale.ROOT, "%,d %s: the first after %,d ms, half after %,d ms, the last after %,d ms%n",
                millis.size(), what, millis.getFirst(), millis.get(millis.size() / 2), millis.getLast());
    }
}
