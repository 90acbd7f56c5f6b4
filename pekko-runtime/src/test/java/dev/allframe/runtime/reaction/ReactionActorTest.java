package dev.allframe.runtime.reaction;

import static dev.allframe.runtime.reaction.Bells.BELL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import dev.allframe.runtime.projection.ViewOrder;
import dev.allframe.runtime.projection.ViewOrders;
import dev.allframe.runtime.reaction.Bells.Rung;
import dev.allframe.runtime.reaction.Bells.Runner;
import dev.allframe.store.DurableState;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReactionActorTest {

    private static final ActorSystem<Void> SYSTEM = Bells.system();
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final InMemoryBackend store = InMemoryBackend.unbounded();
    private final Bells bells = new Bells(store);
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final Map<String, CompletableFuture<Void>> held = new ConcurrentHashMap<>();
    private final Set<String> begun = ConcurrentHashMap.newKeySet();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final List<Runner> runners = new ArrayList<>();

    @AfterEach
    void stopAll() {
        runners.forEach(Runner::crash);
    }

    @AfterAll
    static void end() {
        SYSTEM.terminate();
        SYSTEM.getWhenTerminated().toCompletableFuture().join();
    }

    private CompletionStage<?> effect(Rung event, ReactionInfo info) {
        String key = info.id() + event.number();
        CompletableFuture<Void> ended = held.getOrDefault(key, CompletableFuture.completedFuture(null));
        begun.add(key);
        if (failing.contains(key)) {
            throw new IllegalStateException("no effect of " + key);
        }
        return ended.thenRun(() -> seen.add(key));
    }

    private final ReactionType type = ReactionType.named("mails")
            .from(BELL, this::effect)
            .fromStart()
            .retry(MOMENT, MOMENT, 3);

    private Runner start(ReactionType started) {
        Runner runner = bells.start(SYSTEM, started);
        runners.add(runner);
        return runner;
    }

    private static void until(BooleanSupplier condition) {
        await().atMost(PATIENCE).pollInterval(MOMENT).until(condition::getAsBoolean);
    }

    private static void awaitState(Runner runner, ProjectionState state) {
        await().atMost(PATIENCE)
                .pollInterval(MOMENT)
                .untilAsserted(() -> assertThat(runner.progress().now().state()).isEqualTo(state));
    }

    private void awaitSeen(String... keys) {
        await().atMost(PATIENCE).pollInterval(MOMENT).untilAsserted(() -> assertThat(seen).contains(keys));
    }

    /** Until the stored position covers all events. */
    private void awaitSaved(Runner runner) {
        until(() -> bells.areCovered(runner));
    }

    @Test
    void the_events_of_a_stream_have_their_effects_one_after_the_other_and_streams_at_once() {
        held.put("a1", new CompletableFuture<>());
        bells.ring("a", 1);
        bells.ring("a", 2);
        bells.ring("b", 1);
        Runner runner = start(type);
        awaitSeen("b1");
        bells.ring("b", 2);
        awaitSeen("b2");

        assertThat(seen).containsExactly("b1", "b2");
        held.remove("a1").complete(null);

        awaitSaved(runner);
        assertThat(seen).containsExactly("b1", "b2", "a1", "a2");
    }

    @Test
    void a_crash_repeats_what_the_position_did_not_cover_and_no_more() {
        held.put("a1", new CompletableFuture<>());
        bells.ring("c", 1);
        Runner first = start(type);
        awaitSaved(first);
        bells.ring("a", 1);
        bells.ring("b", 1);
        awaitSeen("b1");
        until(() -> begun.contains("a1"));

        first.crash();
        until(first::hasEnded);
        held.clear();
        Runner second = start(type);

        awaitSaved(second);
        assertThat(seen).containsExactlyInAnyOrder("c1", "b1", "a1", "b1");
    }

    @Test
    void a_stop_waits_for_effects_and_leaves_nothing_to_repeat() {
        held.put("a1", new CompletableFuture<>());
        bells.ring("a", 1);
        bells.ring("b", 1);
        Runner first = start(type);
        awaitSeen("b1");

        first.actor().tell(ReactionActor.Stop.INSTANCE);
        bells.ring("c", 1);
        held.remove("a1").complete(null);
        until(first::hasEnded);

        // The last one may have come before the actor has read the stop.
        assertThat(seen).startsWith("b1").contains("a1");
        awaitSaved(start(type));
        assertThat(seen).containsExactlyInAnyOrder("b1", "a1", "c1");
    }

    @Test
    void from_now_on_means_the_first_start_and_no_later_one() {
        ReactionType fromNow = type.fromNow();
        bells.ring("a", 1);
        Runner first = start(fromNow);
        awaitState(first, ProjectionState.LIVE);
        first.crash();
        until(first::hasEnded);
        bells.ring("a", 2);

        awaitSaved(start(fromNow));

        assertThat(seen).containsExactly("a2");
    }

    @Test
    void no_more_events_are_under_way_than_may_be_unsaved() {
        ReactionType bounded = type.parallel(100).unsaved(3);
        for (String id : List.of("a", "b", "c", "d", "e")) {
            held.put(id + 1, new CompletableFuture<>());
            bells.ring(id, 1);
        }
        AtomicInteger begun = new AtomicInteger();
        Runner runner = start(ReactionType.named("mails").from(BELL, (event, info) -> {
            begun.incrementAndGet();
            return effect(event, info);
        }).fromStart().parallel(bounded.parallel()).unsaved(bounded.unsaved()));
        until(() -> begun.get() == 3);

        Objects.requireNonNull(held.get("c1")).complete(null); // behind a1, which is not finished
        awaitSeen("c1");
        assertThat(begun).hasValue(3);
        Objects.requireNonNull(held.get("a1")).complete(null);
        until(() -> begun.get() == 4);
        held.values().forEach(effect -> effect.complete(null));

        awaitSaved(runner);
        assertThat(seen).containsExactlyInAnyOrder("c1", "a1", "b1", "d1", "e1");
    }

    @Test
    void an_effect_that_fails_is_tried_again() {
        AtomicInteger calls = new AtomicInteger();
        bells.ring("a", 1);
        bells.ring("a", 2);
        Runner runner = start(ReactionType.named("mails")
                .from(BELL, (event, info) -> calls.incrementAndGet() < 3
                        ? CompletableFuture.failedFuture(new IllegalStateException("not yet"))
                        : effect(event, info))
                .fromStart()
                .retry(MOMENT, MOMENT, 3));

        awaitSaved(runner);

        assertThat(seen).containsExactly("a1", "a2");
        assertThat(calls).hasValue(4);
    }

    @Test
    void an_effect_that_takes_too_long_has_failed() {
        held.put("a1", new CompletableFuture<>());
        bells.ring("a", 1);

        Runner runner = start(type.within(MOMENT));

        awaitState(runner, ProjectionState.FAILED);
        assertThat(runner.progress().now().trouble())
                .isEqualTo("event 1 of bell|a: its effect has not ended within PT0.001S");
    }

    @Test
    void a_reaction_stands_before_an_event_that_fails_until_it_is_told_to_try_again() {
        failing.add("a1");
        bells.ring("a", 1);
        bells.ring("a", 2);
        Runner runner = start(type);
        awaitState(runner, ProjectionState.FAILED);
        bells.ring("b", 1);

        assertThat(runner.progress().now().trouble()).contains("event 1 of bell|a", "no effect of a1");
        assertThat(seen).isEmpty();
        failing.clear();
        order(new ViewOrder.RetryOrdered("test", "mended"));

        awaitSaved(runner);
        assertThat(seen).contains("a1", "a2", "b1").hasSize(3);
        assertThat(runner.progress().now().state()).isEqualTo(ProjectionState.LIVE);
        assertThat(runner.progress().now().trouble()).isEmpty();
    }

    @Test
    void a_parked_stream_waits_also_after_a_crash_and_others_go_on() {
        failing.add("a1");
        ReactionType parking = type.parkFailures();
        bells.ring("a", 1);
        bells.ring("a", 2);
        bells.ring("b", 1);
        Runner first = start(parking);
        awaitSaved(first);
        assertThat(first.progress().now().state()).isEqualTo(ProjectionState.PARKED);
        first.crash();
        until(first::hasEnded);
        failing.clear();
        bells.ring("a", 3);
        bells.ring("b", 2);

        Runner second = start(parking);

        awaitSaved(second);
        assertThat(seen).containsExactly("b1", "b2");
        assertThat(second.progress().now().parked()).hasSize(1);
    }

    @Test
    void an_owner_that_was_thought_dead_stores_no_position() {
        held.put("a1", new CompletableFuture<>());
        bells.ring("a", 1);
        CompletableFuture<Void> paused = held.get("a1");
        Runner old = start(type);
        until(() -> begun.contains("a1"));
        held.clear();
        Runner owner = start(type);
        awaitSaved(owner);
        Optional<DurableState> owned = state();
        owner.actor().tell(ReactionActor.Stop.INSTANCE);
        until(owner::hasEnded);

        paused.complete(null);

        until(() -> old.progress().now().trouble().contains("another owner"));
        assertThat(state()).isEqualTo(owned);
        assertThat(seen).contains("a1");
        awaitState(old, ProjectionState.LIVE);
        bells.ring("a", 2);
        awaitSaved(old);
        assertThat(seen).endsWith("a2");
    }

    private void order(ViewOrder order) {
        new ViewOrders(store).give("mails", order).toCompletableFuture().join();
    }

    @Test
    void a_parked_stream_is_tried_again_in_order_while_events_go_on_coming() {
        failing.addAll(List.of("a1", "a4"));
        Runner runner = start(type.parkFailures().unsaved(2));
        for (int i = 1; i <= 5; i++) {
            bells.ring("a", i);
            bells.ring("b", i);
        }
        awaitSaved(runner);
        assertThat(seen).containsExactly("b1", "b2", "b3", "b4", "b5");
        assertThat(runner.progress().now().parked()).extracting(ReactionPositions.Parked::firstSequenceNr)
                .containsExactly(1L);

        failing.remove("a1");
        order(new ViewOrder.RetryOrdered("test", "mended in part"));
        await().atMost(PATIENCE)
                .pollInterval(MOMENT)
                .untilAsserted(() -> assertThat(runner.progress().now().parked())
                        .extracting(ReactionPositions.Parked::firstSequenceNr)
                        .containsExactly(4L));
        failing.clear();
        order(new ViewOrder.RetryOrdered("test", "mended"));
        for (int i = 6; i <= 20; i++) {
            bells.ring("a", i);
        }

        awaitState(runner, ProjectionState.LIVE);
        awaitSaved(runner);
        assertThat(seen.stream().filter(key -> key.startsWith("a")))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).mapToObj(i -> "a" + i).toList());
    }

    @Test
    void an_event_that_is_skipped_has_no_effect_also_where_it_comes_later() {
        failing.add("a1");
        bells.ring("a", 1);
        bells.ring("a", 2);
        order(new ViewOrder.EventSkipped("bell|b", 1, "test", "not wanted"));
        Runner runner = start(type);
        awaitState(runner, ProjectionState.FAILED);

        order(new ViewOrder.EventSkipped("bell|a", 1, "test", "poison"));
        bells.ring("b", 1);
        bells.ring("b", 2);

        awaitSaved(runner);
        assertThat(seen).containsExactlyInAnyOrder("a2", "b2");
        failing.add("c1");
        bells.ring("c", 1);
        awaitState(runner, ProjectionState.FAILED);
    }

    @Test
    void a_reaction_is_paused_also_behind_a_crash_until_it_is_resumed() {
        order(new ViewOrder.Paused("test", "a pause"));
        bells.ring("a", 1);
        Runner first = start(type);
        awaitState(first, ProjectionState.PAUSED);
        first.crash();
        until(first::hasEnded);
        Runner second = start(type);
        awaitState(second, ProjectionState.PAUSED);
        assertThat(seen).isEmpty();

        order(new ViewOrder.Resumed("test", "enough"));

        awaitSaved(second);
        assertThat(seen).containsExactly("a1");
    }

    private Runner parkedAtA1(ReactionType parking) {
        failing.add("a1");
        bells.ring("a", 1);
        Runner runner = start(parking);
        awaitState(runner, ProjectionState.PARKED);
        awaitSaved(runner);
        failing.clear();
        return runner;
    }

    @Test
    void a_retry_that_was_read_in_a_pause_is_followed_by_the_owner_that_is_resumed() {
        ReactionType parking = type.parkFailures();
        Runner first = parkedAtA1(parking);
        first.crash();
        until(first::hasEnded);
        order(new ViewOrder.Paused("test", "a pause"));
        order(new ViewOrder.RetryOrdered("test", "mended"));
        Runner second = start(parking);
        awaitState(second, ProjectionState.PAUSED);
        second.actor().tell(ReactionActor.Stop.INSTANCE);
        until(second::hasEnded);
        Runner third = start(parking);
        awaitState(third, ProjectionState.PAUSED);

        order(new ViewOrder.Resumed("test", "enough"));

        awaitSeen("a1");
        awaitState(third, ProjectionState.LIVE);
        assertThat(seen).containsExactly("a1");
    }

    @Test
    void a_retry_is_followed_to_its_end_also_where_the_process_dies_in_it() {
        ReactionType parking = type.parkFailures();
        Runner first = parkedAtA1(parking);
        held.put("a1", new CompletableFuture<>());
        begun.clear();
        order(new ViewOrder.RetryOrdered("test", "mended"));
        until(() -> begun.contains("a1"));
        first.crash();
        until(first::hasEnded);
        held.clear();

        Runner second = start(parking);

        awaitSeen("a1");
        awaitState(second, ProjectionState.LIVE);
        assertThat(seen).containsExactly("a1");
    }

    @Test
    void a_retry_that_has_come_to_its_end_is_not_followed_again() {
        ReactionType parking = type.parkFailures();
        Runner first = parkedAtA1(parking);
        failing.add("a1");
        begun.clear();
        order(new ViewOrder.RetryOrdered("test", "not mended"));
        until(() -> begun.contains("a1"));
        until(() -> storedText().contains("\"orders\":1"));
        first.crash();
        until(first::hasEnded);
        failing.clear();
        bells.ring("b", 1);

        Runner second = start(parking);

        awaitSaved(second);
        assertThat(second.progress().now().state()).isEqualTo(ProjectionState.PARKED);
        assertThat(seen).containsExactly("b1");
    }

    private String storedText() {
        return new String(Objects.requireNonNull(state().orElseThrow().payload()).bytes(), StandardCharsets.UTF_8);
    }

    private Optional<DurableState> state() {
        return store.getState(StreamId.of(ReactionType.POSITIONS, "mails")).toCompletableFuture().join();
    }

    /** Effects that end in any order and fail now and then, under crashes at any moment. */
    @Test
    void every_event_has_its_effect_in_order_under_random_crashes() {
        String given = System.getProperty("test.seed", "");
        long seed = given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
        System.out.println("test.seed=" + seed);
        for (int i = 0; i < 6; i++) {
            new Campaign(new Random(seed + i), false).run();
        }
    }

    /** The same where streams are parked, and an operator gives orders at any moment. */
    @Test
    void every_order_is_followed_and_every_event_has_its_effect_under_random_crashes() {
        String given = System.getProperty("test.seed", "");
        long seed = given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
        System.out.println("test.seed=" + seed);
        for (int i = 0; i < 12; i++) {
            new Campaign(new Random(seed + i), true).run();
        }
    }

    /** One store, some streams, and lives of a reaction, each but the last of which ends by a crash. */
    private static final class Campaign {

        private static final int STREAMS = 5;

        /** A stream of which nothing fails: a position is not stored for events alone that have no effect. */
        private static final int MARK = STREAMS;
        private static final int LIVES = 4;
        private static final int EVENTS = 40;

        private final Random random;
        private final InMemoryBackend store = InMemoryBackend.unbounded();
        private final Bells bells = new Bells(store);
        private final List<List<Done>> effects = new ArrayList<>();
        private final int[] stored = new int[STREAMS + 1];
        private final List<Set<Integer>> skipped = new ArrayList<>();
        private final int unsaved;
        private final boolean ordered;
        private boolean calm;
        private int life;

        /** An effect that has ended, in which life. */
        private record Done(int life, int number) {}

        /** @param ordered whether failures park, and orders are given */
        Campaign(Random random, boolean ordered) {
            this.random = random;
            this.ordered = ordered;
            this.unsaved = 1 + random.nextInt(20);
            for (int i = 0; i <= MARK; i++) {
                effects.add(new ArrayList<>());
                skipped.add(new HashSet<>());
            }
        }

        /** Effects of a life that has ended do not count: its process is dead. */
        private synchronized CompletionStage<?> effect(int begunIn, Rung event, ReactionInfo info) {
            if (!calm && !info.id().equals(String.valueOf(MARK)) && random.nextInt(ordered ? 4 : 10) == 0) {
                throw new IllegalStateException("now and then");
            }
            boolean later = random.nextBoolean();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            Runnable end = () -> {
                count(begunIn, event, info);
                ended.complete(null);
            };
            if (later) {
                Thread.startVirtualThread(end);
            } else {
                end.run();
            }
            return ended;
        }

        private synchronized void count(int begunIn, Rung event, ReactionInfo info) {
            if (begunIn == life) {
                effects.get(Integer.parseInt(info.id())).add(new Done(begunIn, event.number()));
            }
        }

        private synchronized int count() {
            return effects.stream().mapToInt(List::size).sum();
        }

        private void store(int events) {
            for (int i = 0; i < events; i++) {
                int stream = random.nextInt(STREAMS);
                bells.ring(String.valueOf(stream), ++stored[stream]);
            }
        }

        private void mark() {
            bells.ring(String.valueOf(MARK), ++stored[MARK]);
        }

        private ReactionType type(int number) {
            ReactionType every = ReactionType.named("random")
                    .from(BELL, (event, info) -> effect(number, event, info))
                    .fromStart()
                    .parallel(1 + number % LIVES)
                    .unsaved(unsaved);
            return ordered
                    ? every.retry(MOMENT, MOMENT, 2).parkFailures()
                    : every.retry(MOMENT, MOMENT, 1_000);
        }

        private void order(ViewOrder order) {
            new ViewOrders(store).give("random", order).toCompletableFuture().join();
        }

        /** An order, or none; whether the reaction is paused behind it. */
        private boolean orderAny(boolean paused) {
            switch (random.nextInt(4)) {
                case 0 -> order(new ViewOrder.RetryOrdered("test", "mended"));
                case 1 -> {
                    order(paused ? new ViewOrder.Resumed("test", "enough") : new ViewOrder.Paused("test", "a pause"));
                    return !paused;
                }
                case 2 -> {
                    int stream = random.nextInt(STREAMS);
                    int number = 1 + random.nextInt(EVENTS);
                    skipped.get(stream).add(number);
                    order(new ViewOrder.EventSkipped("bell|" + stream, number, "test", "poison"));
                }
                default -> {
                }
            }
            return paused;
        }

        private Runner begin(int number) {
            synchronized (this) {
                life = number;
            }
            return bells.start(SYSTEM, type(number));
        }

        private static void crash(Runner runner) {
            runner.crash();
            until(runner::hasEnded);
        }

        private boolean isCovered(Runner runner) {
            return bells.areCovered(runner);
        }

        private void runOrdered() {
            boolean paused = false;
            for (int i = 0; i < LIVES; i++) {
                Runner runner = begin(i);
                for (int part = 0; part < 4; part++) {
                    synchronized (this) {
                        store(EVENTS / 4);
                        mark();
                        paused = orderAny(paused);
                    }
                    int enough = count() + random(8);
                    boolean goesOn = !paused;
                    until(() -> !goesOn || count() >= enough || isCovered(runner));
                }
                crash(runner);
            }
            followTheLastRetry();
            checkOrder();
        }

        /** From some moment on nothing fails: one retry behind that is enough, however often the process dies in it. */
        private void followTheLastRetry() {
            order(new ViewOrder.Resumed("test", "enough"));
            Runner calming = begin(LIVES);
            mark();
            until(() -> isCovered(calming));
            synchronized (this) {
                calm = true;
            }
            boolean pause = random(2) == 0;
            if (pause) {
                order(new ViewOrder.Paused("test", "a pause"));
            }
            order(new ViewOrder.RetryOrdered("test", "mended"));
            int some = count() + random(5);
            until(() -> pause || count() >= some || calming.progress().now().parked().isEmpty());
            crash(calming);
            Runner interrupted = begin(LIVES + 1);
            int more = count() + random(5);
            until(() -> pause
                    ? interrupted.progress().now().state() == ProjectionState.PAUSED
                    : count() >= more || interrupted.progress().now().state() == ProjectionState.LIVE);
            crash(interrupted);
            if (pause) {
                order(new ViewOrder.Resumed("test", "enough"));
            }
            Runner last = begin(LIVES + 2);
            mark();
            until(() -> isCovered(last) && last.progress().now().state() == ProjectionState.LIVE);
            crash(last);
        }

        private synchronized int random(int bound) {
            return random.nextInt(bound);
        }

        /** In a life no event comes twice or before one that was not skipped, and none is left out behind all. */
        private synchronized void checkOrder() {
            for (int stream = 0; stream <= MARK; stream++) {
                Set<Integer> left = skipped.get(stream);
                int next = 1;
                Done before = new Done(-1, 0);
                for (Done done : effects.get(stream)) {
                    int from = done.life() == before.life() ? before.number() + 1 : next;
                    while (left.contains(from) && from < done.number()) {
                        from++;
                    }
                    if (done.life() == before.life()) {
                        assertThat(done.number()).as("effects of stream %s: %s", stream, effects.get(stream))
                                .isEqualTo(from);
                    } else {
                        assertThat(done.number()).as("effects of stream %s: %s", stream, effects.get(stream))
                                .isLessThanOrEqualTo(from);
                    }
                    next = Math.max(next, done.number() + 1);
                    before = done;
                }
                while (left.contains(next)) {
                    next++;
                }
                assertThat(next - 1).as("stream %s", stream).isGreaterThanOrEqualTo(stored[stream]);
            }
        }

        void run() {
            if (ordered) {
                runOrdered();
                return;
            }
            for (int i = 0; i < LIVES; i++) {
                int number = i;
                synchronized (this) {
                    life = number;
                }
                Runner runner = bells.start(SYSTEM, type(number));
                synchronized (this) {
                    store(EVENTS);
                }
                if (i == LIVES - 1) {
                    until(() -> bells.areCovered(runner));
                    runner.crash();
                } else {
                    int enough = count() + 1 + (number * 7) % 11;
                    until(() -> count() >= enough || isDone());
                    runner.crash();
                    until(runner::hasEnded);
                }
            }
            check();
        }

        private boolean isDone() {
            return count() >= LIVES * EVENTS;
        }

        private synchronized void check() {
            int all = 0;
            int repeats = 0;
            for (int stream = 0; stream < STREAMS; stream++) {
                int next = 1;
                Done before = new Done(-1, 0);
                for (Done done : effects.get(stream)) {
                    assertThat(done.number()).as("effects of stream %s: %s", stream, effects.get(stream))
                            .isLessThanOrEqualTo(next);
                    if (done.life() == before.life()) {
                        assertThat(done.number()).isEqualTo(before.number() + 1);
                    }
                    repeats += done.number() < next ? 1 : 0;
                    next = Math.max(next, done.number() + 1);
                    before = done;
                }
                assertThat(next - 1).as("stream %s", stream).isEqualTo(stored[stream]);
                all += stored[stream];
            }
            assertThat(repeats).as("of %s", all).isLessThanOrEqualTo((LIVES - 1) * unsaved);
        }
    }
}
