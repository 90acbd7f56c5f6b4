package dev.allframe.runtime.reaction;

import static dev.allframe.runtime.reaction.Bells.BELL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.codec.InvalidDomainException;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayRange;
import dev.allframe.replay.ReplayRunningException;
import dev.allframe.replay.ReplayStatus;
import dev.allframe.replay.ReplayStatus.State;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.reaction.Bells.Rung;
import dev.allframe.runtime.reaction.Bells.Runner;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replays on real actors, which are started again after crashes. */
@Timeout(120)
final class ReplaysTest {

    private static final ActorSystem<Void> SYSTEM = Bells.system();
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Order ORDER = Order.of("ann", "a new receiver");

    private final InMemoryBackend store = InMemoryBackend.unbounded();
    private final Bells bells = new Bells(store);
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final Map<String, CompletableFuture<Void>> held = new ConcurrentHashMap<>();
    private final Set<String> begun = ConcurrentHashMap.newKeySet();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final List<Runner> runners = new ArrayList<>();

    private final ReplayType type = ReplayType.named("again")
            .from(BELL, this::effect)
            .retry(MOMENT, MOMENT, 3);

    private ReplayManager replays = new Replays(store, List.of());

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

    /** A process that has the replay. */
    private Runner start(ReplayType replay) {
        RegisteredReaction registered = RegisteredReaction.of(replay);
        Runner runner = bells.start(SYSTEM, registered);
        runners.add(runner);
        replays = new Replays(store, List.of(new Replays.Running(registered, runner.progress(), () -> "")));
        return runner;
    }

    private void crash(Runner runner) {
        runner.crash();
        await().atMost(PATIENCE).pollInterval(MOMENT).until(runner::hasEnded);
    }

    private static void done(CompletionStage<Void> order) {
        order.toCompletableFuture().join();
    }

    private void begin(ReplayRange range) {
        done(replays.start("again", range, ORDER));
    }

    private ReplayStatus status() {
        return replays.describe("again").toCompletableFuture().join();
    }

    private void awaitState(State state) {
        await().atMost(PATIENCE)
                .pollInterval(MOMENT)
                .untilAsserted(() -> assertThat(status().state()).isEqualTo(state));
    }

    private void awaitSeen(String... keys) {
        await().atMost(PATIENCE).pollInterval(MOMENT).untilAsserted(() -> assertThat(seen).contains(keys));
    }

    /** Stores an event with a tag and a time. */
    private Position ring(String id, int number, String tag, Instant time) {
        Envelope record = Envelope.of("bell.rung", 1,
                Payload.json(("{\"number\":" + number + "}").getBytes(StandardCharsets.UTF_8)), Set.of(tag),
                EventMetadata.at(time), null);
        return store.append(new Append(StreamId.of("bell", id), ExpectedVersion.any(), "test", List.of(record)))
                .toCompletableFuture()
                .join()
                .lastPosition();
    }

    @Test
    void a_replay_does_nothing_until_it_is_started_and_ends_with_what_was_stored_before() {
        IntStream.rangeClosed(1, 30).forEach(i -> bells.ring("a", i));
        start(type);
        assertThat(status().state()).isEqualTo(State.NEW);
        held.put("a30", new CompletableFuture<>());

        begin(ReplayRange.all());
        awaitSeen("a29");
        bells.ring("a", 31);
        bells.ring("b", 1);
        ReplayStatus running = status();
        held.get("a30").complete(null);
        awaitState(State.DONE);

        assertThat(running.state()).isEqualTo(State.RUNNING);
        assertThat(running.by()).isEqualTo("ann");
        assertThat(running.share()).isLessThan(1);
        assertThat(seen).containsExactlyElementsOf(IntStream.rangeClosed(1, 30).mapToObj(i -> "a" + i).toList());
        assertThat(status().events()).isEqualTo(30);
        assertThat(status().share()).isEqualTo(1);
        assertThat(status().left()).isNull();
        assertThat(status().trouble()).isEmpty();
        begin(ReplayRange.all());
        awaitState(State.DONE);
        assertThat(seen).as("another run has them all").hasSize(30 + 32);
        assertThat(status().events()).isEqualTo(32);
    }

    @Test
    void a_range_is_of_times_tags_streams_positions_and_all_of_it_holds() {
        Instant may = Instant.parse("2026-05-01T00:00:00Z");
        ring("a", 1, "red", may);
        Position second = ring("b", 1, "red", may.plusSeconds(1));
        ring("a", 2, "blue", may.plusSeconds(2));
        Position fourth = ring("b", 2, "red", may.plusSeconds(3));
        ring("a", 3, "red", may.plusSeconds(4));
        start(type);

        assertThat(replayed(ReplayRange.all())).containsExactly("a1", "a2", "a3", "b1", "b2");
        assertThat(replayed(ReplayRange.all().tagged("red"))).containsExactly("a1", "a3", "b1", "b2");
        assertThat(replayed(ReplayRange.all().stream(BELL, "a"))).containsExactly("a1", "a2", "a3");
        assertThat(replayed(ReplayRange.all().types("bell.rung"))).hasSize(5);
        assertThat(replayed(ReplayRange.all().storedFrom(may.plusSeconds(1)))).containsExactly("a2", "a3", "b1", "b2");
        assertThat(replayed(ReplayRange.all().storedUntil(may.plusSeconds(1)))).containsExactly("a1");
        assertThat(replayed(ReplayRange.all().positions(second, fourth))).containsExactly("a2", "b2");
        assertThat(replayed(ReplayRange.all().stream(BELL, "b").positions(Position.START, second)))
                .containsExactly("b1");
        assertThat(replayed(ReplayRange.all().tagged("red").stream(BELL, "a").storedFrom(may.plusSeconds(1))))
                .containsExactly("a3");
        assertThat(replayed(ReplayRange.all().tagged("green"))).isEmpty();
    }

    private Set<String> replayed(ReplayRange range) {
        seen.clear();
        begin(range);
        awaitState(State.DONE);
        assertThat(status().range()).isEqualTo(range);
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(status().events()).isEqualTo(seen.size());
        return new TreeSet<>(seen);
    }

    @Test
    void what_cannot_be_replayed_is_told() {
        bells.ring("a", 1);
        start(type);

        assertThatThrownBy(() -> begin(ReplayRange.all().types("bell.stolen")))
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no event of type 'bell.stolen' was ever stored for replay 'again'; stored are"
                        + " [bell.rung]");
        assertThatThrownBy(() -> begin(ReplayRange.all().stream(BELL, "b")))
                .hasMessageContaining("there is no stream bell|b");
        assertThatThrownBy(() -> begin(
                new ReplayRange(null, null, List.of(), null, new StreamId("gong|a"), Position.START, null)))
                .hasMessageContaining("replay 'again' does not read the stream gong|a: it reads those of [bell]");
        assertThatThrownBy(() -> begin(ReplayRange.all().positions(Position.START, new Position("other", 0, 0, 1))))
                .hasMessageContaining("is not of this store");
        assertThatThrownBy(() -> replays.start("again", ReplayRange.all(), -1, ORDER))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> replays.start("mails", ReplayRange.all(), ORDER))
                .hasMessage("there is no replay 'mails'; there are [again]");
        assertThatThrownBy(() -> done(replays.pause("again", ORDER)))
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("replay 'again' does not run: it is NEW");
        assertThatThrownBy(() -> ReplayRange.all().storedFrom(Instant.EPOCH).storedUntil(Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(status().state()).isEqualTo(State.NEW);
    }

    @Test
    void a_reaction_is_replayed_where_it_allows_that() {
        ReactionType reaction = ReactionType.named("mails").from(BELL, this::effect).fromNow();
        assertThatThrownBy(() -> RegisteredReaction.of(ReplayType.named("again").of(reaction)))
                .isInstanceOf(InvalidDomainException.class)
                .hasMessageContaining("replay 'again' would repeat the effects of reaction 'mails', which does not"
                        + " allow it: add .replayable()");
        bells.ring("a", 1);
        bells.ring("a", 2);
        start(ReplayType.named("again").of(reaction.replayable()));

        begin(ReplayRange.all());

        awaitState(State.DONE);
        assertThat(seen).containsExactly("a1", "a2");
        assertThat(store.getState(StreamId.of(ReactionType.POSITIONS, "mails")).toCompletableFuture().join())
                .as("the reaction stands where it stood")
                .isEmpty();
    }

    @Test
    void another_start_is_refused_until_the_run_has_ended() {
        bells.ring("a", 1);
        held.put("a1", new CompletableFuture<>());
        start(type);
        begin(ReplayRange.all());

        assertThatThrownBy(() -> begin(ReplayRange.all())).hasCauseInstanceOf(ReplayRunningException.class)
                .hasMessageContaining("replay 'again' is RUNNING");
        done(replays.pause("again", ORDER));
        assertThatThrownBy(() -> begin(ReplayRange.all())).hasMessageContaining("replay 'again' is PAUSED");
        done(replays.cancel("again", ORDER));
        assertThat(status().state()).isEqualTo(State.CANCELLED);
        held.remove("a1").complete(null);
        begin(ReplayRange.all());

        awaitState(State.DONE);
        awaitSeen("a1");
    }

    @Test
    void of_starts_at_the_same_moment_one_is_followed() {
        bells.ring("a", 1);
        held.put("a1", new CompletableFuture<>());
        start(type);

        List<CompletableFuture<Void>> starts = IntStream.range(0, 8)
                .mapToObj(i -> replays.start("again", ReplayRange.all(), ORDER).toCompletableFuture())
                .toList();
        starts.forEach(each -> await().atMost(PATIENCE).until(each::isDone));

        assertThat(starts.stream().filter(each -> !each.isCompletedExceptionally())).hasSize(1);
        held.remove("a1").complete(null);
        awaitState(State.DONE);
        assertThat(seen).containsExactly("a1");
    }

    @Test
    void a_pause_holds_across_a_restart_and_a_rate_too() {
        IntStream.rangeClosed(1, 100).forEach(i -> bells.ring("a", i));
        held.put("a40", new CompletableFuture<>());
        Runner first = start(type);
        begin(ReplayRange.all());
        awaitSeen("a39");
        done(replays.rate("again", 10_000, ORDER));
        done(replays.pause("again", ORDER));
        await().atMost(PATIENCE).until(() -> first.progress().now().state().name().equals("PAUSED"));
        held.remove("a40").complete(null);
        awaitSeen("a40");
        await().atMost(PATIENCE).until(() -> status().events() == 40);
        crash(first);
        Runner second = start(type);
        await().atMost(PATIENCE).until(() -> second.progress().now().state().name().equals("PAUSED"));

        assertThat(status().state()).isEqualTo(State.PAUSED);
        assertThat(status().eventsPerSecond()).isEqualTo(10_000);
        assertThat(seen).hasSize(40);
        done(replays.resume("again", ORDER));
        awaitState(State.DONE);
        assertThat(seen).containsExactlyElementsOf(IntStream.rangeClosed(1, 100).mapToObj(i -> "a" + i).toList());
    }

    @Test
    void a_rate_holds() {
        IntStream.rangeClosed(1, 60).forEach(i -> bells.ring("b" + i, i));
        start(type);
        long before = System.nanoTime();

        done(replays.start("again", ReplayRange.all(), 100, ORDER));
        await().atMost(PATIENCE).pollInterval(MOMENT).until(() -> status().left() != null);
        assertThat(status().left()).isLessThan(Duration.ofSeconds(10));
        awaitState(State.DONE);

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(500));
        assertThat(seen).hasSize(60);
    }

    @Test
    void a_replay_fails_before_an_event_and_goes_on_when_it_is_resumed_or_the_event_skipped() {
        IntStream.rangeClosed(1, 5).forEach(i -> bells.ring("a", i));
        failing.addAll(Set.of("a2", "a4"));
        start(type);
        begin(ReplayRange.all());
        awaitState(State.FAILED);
        assertThat(status().trouble()).isEqualTo("event 2 of bell|a: java.lang.IllegalStateException: no effect of a2");
        assertThatThrownBy(() -> begin(ReplayRange.all())).hasMessageContaining("replay 'again' is FAILED");

        failing.remove("a2");
        done(replays.resume("again", ORDER));
        awaitSeen("a3");
        awaitState(State.FAILED);
        done(replays.skip("again", StreamId.of("bell", "a"), 4, ORDER));
        awaitState(State.DONE);

        assertThat(seen).containsExactly("a1", "a2", "a3", "a5");
        failing.clear();
        begin(ReplayRange.all());
        awaitState(State.DONE);
        assertThat(seen).as("left out of one run").endsWith("a4", "a5");
    }

    @Test
    void a_failed_replay_can_be_cancelled_and_stays_so() {
        bells.ring("a", 1);
        failing.add("a1");
        Runner first = start(type);
        begin(ReplayRange.all());
        awaitState(State.FAILED);

        done(replays.cancel("again", ORDER));
        awaitState(State.CANCELLED);
        failing.clear();
        crash(first);
        Runner second = start(type);
        await().atMost(PATIENCE).until(() -> second.progress().now().state().name().equals("LIVE"));

        assertThat(seen).isEmpty();
        assertThat(status().state()).isEqualTo(State.CANCELLED);
        assertThat(status().trouble()).isEmpty();
    }

    @Test
    void parked_streams_are_left_at_the_end_until_they_succeed() {
        ReactionType parking = ReactionType.named("mails")
                .from(BELL, this::effect)
                .fromNow()
                .retry(MOMENT, MOMENT, 2)
                .parkFailures()
                .replayable();
        bells.ring("a", 1);
        bells.ring("b", 1);
        bells.ring("a", 2);
        failing.add("a1");
        start(ReplayType.named("again").of(parking));

        begin(ReplayRange.all());

        awaitState(State.FAILED);
        awaitSeen("b1");
        assertThat(status().trouble()).isEqualTo("1 streams wait, such as bell|a: event 1 of bell|a:"
                + " java.lang.IllegalStateException: no effect of a1");
        bells.ring("a", 3);
        failing.clear();
        done(replays.resume("again", ORDER));
        awaitState(State.DONE);
        assertThat(seen).containsExactly("b1", "a1", "a2");
    }

    /** What ended in a run is counted; a crash repeats no more than {@code unsaved}, and leaves nothing out. */
    @Test
    void orders_and_crashes_in_any_order_leave_no_event_out() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("test.seed=" + seed);
        Random random = new Random(seed);
        int streams = 5;
        int each = 40;
        for (int i = 1; i <= each; i++) {
            for (int j = 0; j < streams; j++) {
                bells.ring("s" + j + "-", i);
            }
        }
        int unsaved = 16;
        ReplayType bounded = type.unsaved(unsaved).parallel(3);
        for (int round = 0; round < 15; round++) {
            seen.clear();
            Runner runner = start(bounded);
            begin(ReplayRange.all());
            int crashes = 0;
            boolean cancelled = false;
            for (int i = 0; i < 6 && !status().state().hasEnded(); i++) {
                int until = random.nextInt(streams * each);
                await().atMost(PATIENCE)
                        .pollInterval(MOMENT)
                        .until(() -> seen.size() >= until || status().state() != State.RUNNING);
                switch (random.nextInt(5)) {
                    case 0 -> ordered(() -> replays.pause("again", ORDER));
                    case 1 -> ordered(() -> replays.resume("again", ORDER));
                    case 2 -> ordered(() -> replays.rate("again", 2_000 + random.nextInt(3_000), ORDER));
                    case 3 -> {
                        crash(runner);
                        runner = start(bounded);
                        crashes++;
                    }
                    default -> {
                        if (random.nextInt(4) == 0) {
                            ordered(() -> replays.cancel("again", ORDER));
                            cancelled = status().state() == State.CANCELLED;
                        }
                    }
                }
            }
            if (!cancelled) {
                ordered(() -> replays.resume("again", ORDER));
                awaitState(State.DONE);
                assertThat(new TreeSet<>(seen)).hasSize(streams * each);
                assertThat(seen.size()).isLessThanOrEqualTo(streams * each + crashes * unsaved);
            }
            inOrderButForRepeats(crashes);
            crash(runner);
        }
    }

    /** Where a run ended in the meantime, an order is refused, which is as good. */
    private static void ordered(Supplier<CompletionStage<Void>> order) {
        order.get().handle((given, refused) -> refused == null ? null : expected(refused)).toCompletableFuture().join();
    }

    private static Void expected(Throwable refused) {
        assertThat(refused).hasCauseInstanceOf(IllegalStateException.class);
        return null;
    }

    /** Of a stream each event is behind the one before it, but for steps back of crashes. */
    private void inOrderButForRepeats(int crashes) {
        Map<String, Integer> last = new HashMap<>();
        Map<String, Integer> stepsBack = new HashMap<>();
        for (String key : List.copyOf(seen)) {
            String stream = key.substring(0, key.indexOf('-'));
            int number = Integer.parseInt(key.substring(key.indexOf('-') + 1));
            int before = last.getOrDefault(stream, 0);
            assertThat(number).as(key).isLessThanOrEqualTo(before + 1);
            if (number != before + 1) {
                stepsBack.merge(stream, 1, Integer::sum);
            }
            last.put(stream, number);
        }
        assertThat(stepsBack.values()).allMatch(steps -> steps <= crashes);
    }
}
