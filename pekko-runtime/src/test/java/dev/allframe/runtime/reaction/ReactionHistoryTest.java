package dev.allframe.runtime.reaction;

import static dev.allframe.runtime.reaction.Bells.BELL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ReactionType;
import dev.allframe.runtime.projection.ViewOrder;
import dev.allframe.runtime.projection.ViewOrders;
import dev.allframe.runtime.reaction.Bells.Runner;
import dev.allframe.store.Append;
import dev.allframe.store.DurableState;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventReader;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stored position beside a store that is a copy, has lost its end, or has gone another way. */
final class ReactionHistoryTest {

    private static final ActorSystem<Void> SYSTEM = Bells.system();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final StreamId STATE = StreamId.of(ReactionType.POSITIONS, "mails");

    private final EventStoreBackend before = InMemoryBackend.unbounded();
    private final EventStoreBackend after = InMemoryBackend.unbounded();
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final Map<String, CompletableFuture<Void>> held = new ConcurrentHashMap<>();
    private final List<Runner> runners = new ArrayList<>();
    private final ReactionType type = ReactionType.named("mails")
            .from(BELL, (event, info) -> {
                if (failing.contains(info.id())) {
                    throw new IllegalStateException("no mail");
                }
                return held.getOrDefault(info.id(), CompletableFuture.completedFuture(null))
                        .thenRun(() -> seen.add(info.id() + event.number()));
            })
            .fromStart()
            .retry(MOMENT, MOMENT, 2)
            .parkFailures();

    @AfterEach
    void stop() {
        runners.forEach(Runner::crash);
    }

    @AfterAll
    static void end() {
        SYSTEM.terminate();
        SYSTEM.getWhenTerminated().toCompletableFuture().join();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private Runner start(EventStoreBackend store) {
        Runner runner = new Bells(store).start(SYSTEM, type);
        runners.add(runner);
        return runner;
    }

    private static void ring(EventStoreBackend store, String id, int number) {
        new Bells(store).ring(id, number);
    }

    /** Runs the reaction in the store that was before until it has finished all, and ends it. */
    private void finishBefore() {
        Runner runner = start(before);
        awaitFinished(runner, before);
        runner.crash();
        await().atMost(PATIENCE).pollInterval(MOMENT).until(runner::hasEnded);
        seen.clear();
    }

    private static void awaitFinished(Runner runner, EventStoreBackend store) {
        Position last = join(store.lastPosition());
        await().atMost(PATIENCE)
                .pollInterval(MOMENT)
                .until(() -> runner.progress().now().position().equals(last));
    }

    private static List<StoredEvent> events(EventStoreBackend store) {
        return join(store.getAllEvents(EventFilter.all(), Position.START, EventReader.MAX_PAGE)).events();
    }

    /** The records up to a position, and every durable state. */
    private void copy(int records) {
        events(before).stream().limit(records).forEach(this::append);
        copyState();
    }

    private void append(StoredEvent record) {
        join(after.append(
                new Append(record.stream(), ExpectedVersion.any(), record.writer(), List.of(record.envelope()))));
    }

    private void copyState() {
        DurableState state = join(before.getState(STATE)).orElseThrow();
        join(after.upsertState(STATE, 1, Objects.requireNonNull(state.payload()), state.tag()));
    }

    private static String text(EventStoreBackend store) {
        Payload payload = Objects.requireNonNull(join(store.getState(STATE)).orElseThrow().payload());
        return new String(payload.bytes(), StandardCharsets.UTF_8);
    }

    private static void store(EventStoreBackend store, String text) {
        long revision = join(store.getState(STATE)).map(DurableState::revision).orElse(0L);
        join(store.upsertState(STATE, revision + 1, Payload.json(text.getBytes(StandardCharsets.UTF_8)), ""));
    }

    private static void order(EventStoreBackend store, ViewOrder order) {
        join(new ViewOrders(store).give("mails", order));
    }

    private static void assertStands(Runner runner, String why) {
        await().atMost(PATIENCE)
                .pollInterval(MOMENT)
                .until(() -> runner.progress().now().state() == ProjectionState.FAILED);
        assertThat(runner.progress().now().trouble()).contains(why);
    }

    private static void assertRefused(Runner runner, String why) {
        assertStands(runner, why);
        assertThat(runner.progress().now().trouble()).contains("restart");
    }

    @Test
    void in_a_copy_a_reaction_goes_on_where_it_was() {
        ring(before, "a", 1);
        ring(before, "b", 1);
        finishBefore();
        ring(before, "a", 2);
        copy(3);

        Runner runner = start(after);

        awaitFinished(runner, after);
        ring(after, "b", 2);
        awaitFinished(runner, after);
        assertThat(seen).containsExactly("a2", "b2");
    }

    @Test
    void in_a_copy_parked_streams_wait_as_before() {
        failing.add("a");
        ring(before, "a", 1);
        ring(before, "b", 1);
        finishBefore();
        copy(2);
        failing.clear();

        Runner runner = start(after);
        ring(after, "a", 2);
        ring(after, "b", 2);
        awaitFinished(runner, after);
        assertThat(seen).containsExactly("b2");
        order(after, new ViewOrder.RetryOrdered("test", "repaired"));

        await().atMost(PATIENCE)
                .pollInterval(MOMENT)
                .untilAsserted(() -> assertThat(seen).containsExactly("b2", "a1", "a2"));
    }

    @Test
    void a_copy_that_has_less_is_refused_until_an_operator_says_where_to_begin() {
        ring(before, "a", 1);
        ring(before, "a", 2);
        ring(before, "a", 3);
        finishBefore();
        copy(2);

        Runner runner = start(after);
        assertRefused(runner, "record 3 of bell|a");
        ring(after, "a", 33);
        order(after, new ViewOrder.RestartOrdered(false, "test", "what is there has had its effect"));
        ring(after, "a", 4);

        awaitFinished(runner, after);
        assertThat(seen).containsExactly("a4");
        assertThat(runner.progress().now().state()).isEqualTo(ProjectionState.LIVE);
    }

    @Test
    void a_copy_with_another_record_in_the_place_is_refused() {
        ring(before, "a", 1);
        ring(before, "a", 2);
        finishBefore();
        copyState();
        ring(after, "a", 1);
        ring(after, "a", 22);

        assertRefused(start(after), "record 2 of bell|a");
        assertThat(seen).isEmpty();
    }

    @Test
    void a_copy_with_the_record_at_another_place_is_refused() {
        ring(before, "a", 1);
        finishBefore();
        copyState();
        ring(after, "b", 1);
        ring(after, "a", 1);

        assertRefused(start(after), "record 1 of bell|a");
        assertThat(seen).isEmpty();
    }

    @Test
    void a_position_of_another_store_without_a_record_to_compare_is_refused() {
        ring(before, "a", 1);
        ring(after, "a", 1);
        store(after, """
                {"format":1,"owner":"o","position":"%s","orders":0,"parked":[]}"""
                .replace("%s", join(before.lastPosition()).asText()));

        assertRefused(start(after), "is of store " + before.storeId());
    }

    @Test
    void a_position_behind_the_end_of_the_store_is_refused() {
        ring(before, "a", 1);
        finishBefore();
        Position end = join(before.lastPosition());
        Position beyond = new Position(end.storeId(), end.partition(), end.epoch(), end.index() + 1);
        store(before, text(before).replaceFirst(Pattern.quote(end.asText()), beyond.asText()));

        assertRefused(start(before), "behind the end of the store");
    }

    @Test
    void another_record_of_the_same_store_is_refused() {
        ring(before, "a", 1);
        finishBefore();
        store(before, text(before).replaceAll("\"checksum\":-?\\d+", "\"checksum\":1"));

        assertRefused(start(before), "another record 1 of bell|a");
    }

    @Test
    void a_record_that_the_same_store_never_had_is_refused() {
        ring(before, "a", 1);
        finishBefore();
        store(before, text(before).replaceAll("\"sequenceNr\":1", "\"sequenceNr\":7"));

        assertRefused(start(before), "no record 7 of bell|a");
    }

    @Test
    void a_record_that_was_deleted_since_is_no_other_history() {
        ring(before, "a", 1);
        finishBefore();
        join(before.deleteEventsTo(StreamId.of("bell", "a"), 1));
        ring(before, "a", 2);

        awaitFinished(start(before), before);
        assertThat(seen).containsExactly("a2");
    }

    @Test
    void orders_that_the_store_has_lost_do_not_hide_those_to_come() {
        ring(before, "a", 1);
        order(before, new ViewOrder.Paused("test", "one"));
        order(before, new ViewOrder.Resumed("test", "two"));
        ring(before, "a", 2);
        finishBefore();
        copy(1);

        Runner runner = start(after);
        assertRefused(runner, "record 2 of bell|a");
        order(after, new ViewOrder.RestartOrdered(true, "test", "all of it again"));

        awaitFinished(runner, after);
        assertThat(seen).containsExactly("a1");
    }

    @Test
    void a_running_reaction_can_be_told_to_begin_anew() {
        ring(before, "a", 1);
        failing.add("b");
        ring(before, "b", 1);
        Runner runner = start(before);
        awaitFinished(runner, before);
        failing.clear();

        order(before, new ViewOrder.RestartOrdered(true, "test", "the receiver has lost all"));

        awaitFinished(runner, before);
        assertThat(seen).containsExactlyInAnyOrder("a1", "a1", "b1"); // several streams at once
        assertThat(runner.progress().now().parked()).isEmpty();
        runner.crash();
        await().atMost(PATIENCE).pollInterval(MOMENT).until(runner::hasEnded);
        ring(before, "a", 2);
        awaitFinished(start(before), before);
        assertThat(seen).containsExactlyInAnyOrder("a1", "a1", "b1", "a2");
    }

    @Test
    void a_position_that_cannot_be_read_is_refused() {
        store(before, "{\"format\":99,\"owner\":\"o\",\"position\":\"\",\"orders\":0,\"parked\":[]}");
        assertStands(start(before), "has format 99");

        store(after, "{\"format\":2,\"owner\":\"o\",\"position\":\"nowhere\",\"orders\":0,\"parked\":[]}");
        assertStands(start(after), "cannot be read");
        assertThat(seen).isEmpty();
    }

    @Test
    void an_event_that_was_left_out_before_it_began_has_no_effect() {
        held.put("a", new CompletableFuture<>());
        ring(before, "a", 1);
        ring(before, "a", 2);
        ring(before, "b", 1);
        Runner runner = start(before);
        await().atMost(PATIENCE).pollInterval(MOMENT).until(() -> seen.contains("b1")); // so that a2 was read
        order(before, new ViewOrder.EventSkipped("bell|a", 2, "test", "not this"));
        await().atMost(PATIENCE).pollInterval(MOMENT).until(() -> text(before).contains("\"orders\":1"));

        Objects.requireNonNull(held.remove("a")).complete(null);

        awaitFinished(runner, before);
        assertThat(seen).containsExactly("b1", "a1");
    }
}
