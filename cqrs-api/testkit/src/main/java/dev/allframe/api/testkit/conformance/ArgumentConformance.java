package dev.allframe.api.testkit.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.ForeignPositionException;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.StreamPage;
import dev.allframe.store.Subscription;
import dev.allframe.store.VersionConflictException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Arguments at the ends of their ranges and beyond: each call says what it means, and fails by its stage if at all. */
abstract class ArgumentConformance extends StoreConformance {

    private static final long MAX = Long.MAX_VALUE;
    private static final long MIN = Long.MIN_VALUE;

    ArgumentConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    @BeforeEach
    void fill() {
        append(ANNA, "a1", "a2", "a3");
        append(BERT, "b1");
        done(store.upsertState(ANNA, 1, json("s"), "tag"));
        done(store.saveSnapshot(new Snapshot(ANNA, 0, NOON, json("zero"), null)));
        done(store.saveSnapshot(new Snapshot(ANNA, MAX, NOON, json("max"), null)));
    }

    /** In memory first, where there is one, then in the place where things stay. */
    private void beforeAndAfterFlush(Runnable check) {
        check.run();
        done(store.flush());
        check.run();
    }

    /** What a failed stage fails with, without the wrapper of stages in between. */
    private Throwable failure(String name, Supplier<CompletionStage<?>> call) {
        CompletionStage<?>[] stage = new CompletionStage<?>[1];
        Throwable thrown = catchThrowable(() -> stage[0] = call.get());
        assertThat(thrown).as(name + " throws").isNull();
        Throwable failure = catchThrowable(() -> stage[0].toCompletableFuture().join());
        assertThat(failure).as(name).isInstanceOf(CompletionException.class);
        return Objects.requireNonNull(failure.getCause());
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    @Test
    void a_null_fails_the_stage() {
        Map<String, Supplier<CompletionStage<?>>> calls = new LinkedHashMap<>();
        calls.put("append", () -> store.append(nothing()));
        calls.put("deleteEventsTo", () -> store.deleteEventsTo(nothing(), 1));
        calls.put("getEvents", () -> store.getEvents(nothing(), 1, 1, 1));
        calls.put("getStreamPage", () -> store.getStreamPage(nothing(), 1, 1, 1));
        calls.put("getEventsAfter", () -> store.getEventsAfter(nothing(), 1, 1));
        calls.put("getEventsBackwards", () -> store.getEventsBackwards(nothing(), 1, 1));
        calls.put("getEvent", () -> store.getEvent(nothing(), 1));
        calls.put("getAllEvents of no filter", () -> store.getAllEvents(nothing(), Position.START, 1));
        calls.put("getAllEvents after nothing", () -> store.getAllEvents(EventFilter.all(), nothing(), 1));
        calls.put("highestSequenceNr", () -> store.highestSequenceNr(nothing()));
        calls.put("saveSnapshot", () -> store.saveSnapshot(nothing()));
        calls.put("getLatestSnapshot of no stream",
                () -> store.getLatestSnapshot(nothing(), SnapshotCriteria.all()));
        calls.put("getLatestSnapshot of no criteria", () -> store.getLatestSnapshot(ANNA, nothing()));
        calls.put("deleteSnapshots of no stream", () -> store.deleteSnapshots(nothing(), SnapshotCriteria.all()));
        calls.put("deleteSnapshots of no criteria", () -> store.deleteSnapshots(ANNA, nothing()));
        calls.put("getState", () -> store.getState(nothing()));
        calls.put("upsertState of no id", () -> store.upsertState(nothing(), 1, json("x"), ""));
        calls.put("upsertState of no payload", () -> store.upsertState(BERT, 1, nothing(), ""));
        calls.put("upsertState of no tag", () -> store.upsertState(BERT, 1, json("x"), nothing()));
        calls.put("deleteState", () -> store.deleteState(nothing(), 1));
        calls.put("getStateChanges of no predicate", () -> store.getStateChanges(nothing(), Position.START, 1));
        calls.put("getStateChanges after nothing", () -> store.getStateChanges(change -> true, nothing(), 1));

        calls.forEach((name, call) -> assertThat(failure(name, call)).as(name)
                .isInstanceOf(NullPointerException.class));
        assertThat(done(store.getState(BERT))).isEmpty();
        assertThat(texts(readAll())).containsExactly("a1", "a2", "a3", "b1");
    }

    @Test
    void a_registration_of_a_null_is_refused_at_the_call_and_wakes_nobody() {
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("wake", () -> store.onAppend(nothing()));
        calls.put("stream", () -> store.onAppend(nothing(), () -> {}));
        calls.put("wake of a stream", () -> store.onAppend(BERT, nothing()));
        calls.put("wake of states", () -> store.onStateChange(nothing()));
        calls.put("backend", () -> Subscription.start(nothing(), EventFilter.all(), Position.START, event -> {}));
        calls.put("filter", () -> Subscription.start(store, nothing(), Position.START, event -> {}));
        calls.put("after", () -> Subscription.start(store, EventFilter.all(), nothing(), event -> {}));
        calls.put("consumer", () -> Subscription.start(store, EventFilter.all(), Position.START, nothing()));

        calls.forEach((name, call) -> assertThat(catchThrowable(call)).as(name)
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage(name.split(" ", -1)[0]));
        append(BERT, "b2");
        done(store.upsertState(BERT, 1, json("s"), ""));
        assertThat(texts(read(BERT))).containsExactly("b1", "b2");
    }

    @Test
    void a_limit_below_one_fails_the_stage_and_the_largest_gives_a_page() {
        Map<String, IntFunction<CompletionStage<?>>> calls = new LinkedHashMap<>();
        calls.put("getEvents", limit -> store.getEvents(ANNA, 1, MAX, limit));
        calls.put("getEvents of an empty range", limit -> store.getEvents(ANNA, 9, 1, limit));
        calls.put("getEvents of no stream", limit -> store.getEvents(StreamId.of("no", "such"), 1, MAX, limit));
        calls.put("getStreamPage", limit -> store.getStreamPage(ANNA, 1, MAX, limit));
        calls.put("getStreamPage of an empty range", limit -> store.getStreamPage(ANNA, 9, 1, limit));
        calls.put("getStreamPage of no stream",
                limit -> store.getStreamPage(StreamId.of("no", "such"), 1, MAX, limit));
        calls.put("getEventsAfter", limit -> store.getEventsAfter(ANNA, 0, limit));
        calls.put("getEventsAfter the last", limit -> store.getEventsAfter(ANNA, MAX, limit));
        calls.put("getEventsBackwards", limit -> store.getEventsBackwards(ANNA, MAX, limit));
        calls.put("getEventsBackwards of nothing", limit -> store.getEventsBackwards(ANNA, 0, limit));
        calls.put("getAllEvents", limit -> store.getAllEvents(EventFilter.all(), Position.START, limit));
        calls.put("getStreams", limit -> store.getStreams(null, limit));
        calls.put("getStateChanges", limit -> store.getStateChanges(change -> true, Position.START, limit));
        calls.put("getStateIds", limit -> store.getStateIds(null, limit));

        beforeAndAfterFlush(() -> calls.forEach((name, call) -> {
            for (int limit : new int[]{0, -1, Integer.MIN_VALUE}) {
                assertThat(failure(name, () -> call.apply(limit))).as(name + " " + limit)
                        .isExactlyInstanceOf(IllegalArgumentException.class);
            }
            done(call.apply(1));
            done(call.apply(Integer.MAX_VALUE));
        }));
        assertThat(texts(readAll())).hasSize(4);
    }

    @Test
    void sequence_numbers_at_the_ends_of_their_range_mean_what_they_say() {
        beforeAndAfterFlush(() -> {
            assertThat(texts(done(store.getEvents(ANNA, MIN, MAX, 10)))).containsExactly("a1", "a2", "a3");
            assertThat(done(store.getEvents(ANNA, MAX, MIN, 10))).isEmpty();
            assertThat(done(store.getEvents(ANNA, MAX, MAX, 10))).isEmpty();
            assertThat(done(store.getEvents(ANNA, MIN, MIN, 10))).isEmpty();
            assertThat(done(store.getEvents(ANNA, 0, 0, 10))).isEmpty();
            assertThat(texts(done(store.getStreamPage(ANNA, MIN, MAX, 10)).events())).containsExactly("a1", "a2", "a3");
            assertThat(done(store.getStreamPage(ANNA, MAX, MIN, 10))).isEqualTo(new StreamPage(List.of(), 3));
            assertThat(done(store.getStreamPage(ANNA, MAX, MAX, 10))).isEqualTo(new StreamPage(List.of(), 3));
            assertThat(done(store.getStreamPage(ANNA, MIN, MIN, 10))).isEqualTo(new StreamPage(List.of(), 3));
            assertThat(texts(done(store.getEventsAfter(ANNA, MIN, 10)))).hasSize(3);
            assertThat(texts(done(store.getEventsAfter(ANNA, -1, 10)))).hasSize(3);
            assertThat(done(store.getEventsAfter(ANNA, MAX, 10))).isEmpty();
            assertThat(done(store.getEventsAfter(ANNA, MAX - 1, 10))).isEmpty();
            assertThat(texts(done(store.getEventsBackwards(ANNA, MAX, 10)))).containsExactly("a3", "a2", "a1");
            assertThat(texts(done(store.getEventsBackwards(ANNA, MAX, Integer.MAX_VALUE)))).hasSize(3);
            assertThat(done(store.getEventsBackwards(ANNA, MIN, Integer.MAX_VALUE))).isEmpty();
            assertThat(done(store.getEvent(ANNA, MAX))).isEmpty();
            assertThat(done(store.getEvent(ANNA, MIN))).isEmpty();
            assertThat(done(store.getEvent(ANNA, 0))).isEmpty();
        });
    }

    @Test
    void deletes_at_the_ends_of_their_range_delete_nothing_or_all_that_is_there() {
        done(store.deleteEventsTo(ANNA, MIN));
        done(store.deleteEventsTo(ANNA, 0));
        assertThat(read(ANNA)).hasSize(3);
        done(store.deleteEventsTo(StreamId.of("no", "such"), MAX));

        done(store.deleteEventsTo(ANNA, MAX));

        assertThat(read(ANNA)).isEmpty();
        append(ANNA, "a4");
        beforeAndAfterFlush(() -> {
            assertThat(texts(read(ANNA))).containsExactly("a4");
            assertThat(texts(done(store.getEventsBackwards(ANNA, MAX, 10)))).containsExactly("a4");
        });
        refused(VersionConflictException.class, appending(ANNA, ExpectedVersion.exactly(MAX), "never"));
        assertThat(done(store.highestSequenceNr(ANNA))).isEqualTo(4);
    }

    @Test
    void positions_at_the_ends_of_their_range_are_the_beginning_and_the_end() {
        String id = store.storeId();
        beforeAndAfterFlush(() -> {
            for (long index : new long[]{MIN, -1, 0}) {
                Position before = new Position(id, 0, 0, index);
                assertThat(texts(done(store.getAllEvents(EventFilter.all(), before, 10)).events())).hasSize(4);
                assertThat(done(store.getStateChanges(change -> true, before, 10)).changes()).hasSize(1);
            }
            Position behind = new Position(id, 0, 0, MAX);
            EventPage page = done(store.getAllEvents(EventFilter.all(), behind, 10));
            assertThat(page.events()).isEmpty();
            assertThat(page.atEnd()).isTrue();
            assertThat(done(store.getStateChanges(change -> true, behind, 10)).changes()).isEmpty();
        });
        for (Position foreign : List.of(new Position(id, 0, MAX, 1), new Position(id, Integer.MIN_VALUE, 0, 1),
                new Position("", 0, 0, 1))) {
            assertThat(failure("getAllEvents", () -> store.getAllEvents(EventFilter.all(), foreign, 1)))
                    .isExactlyInstanceOf(ForeignPositionException.class);
            assertThat(failure("getStateChanges", () -> store.getStateChanges(change -> true, foreign, 1)))
                    .isExactlyInstanceOf(ForeignPositionException.class);
        }
    }

    @Test
    void snapshot_criteria_at_the_ends_of_their_range_mean_what_they_say() {
        assertThat(snapshot(0, MAX, Instant.MIN, Instant.MAX)).isEqualTo("max");
        assertThat(snapshot(MIN, MAX, Instant.MIN, Instant.MAX)).isEqualTo("max");
        assertThat(snapshot(MIN, 0, Instant.MIN, Instant.MAX)).isEqualTo("zero");
        assertThat(snapshot(MAX, MAX, NOON, NOON)).isEqualTo("max");
        assertThat(snapshot(MAX, MIN, Instant.MIN, Instant.MAX)).isEmpty();
        assertThat(snapshot(MIN, -1, Instant.MIN, Instant.MAX)).isEmpty();
        assertThat(snapshot(0, MAX, Instant.MAX, Instant.MIN)).isEmpty();
        assertThat(snapshot(0, MAX, Instant.MAX, Instant.MAX)).isEmpty();
        assertThat(snapshot(0, MAX, Instant.MIN, Instant.MIN)).isEmpty();

        done(store.deleteSnapshots(ANNA, new SnapshotCriteria(MAX, MIN, Instant.MIN, Instant.MAX)));
        done(store.deleteSnapshots(ANNA, new SnapshotCriteria(MIN, -1, Instant.MIN, Instant.MAX)));
        done(store.deleteSnapshots(ANNA, new SnapshotCriteria(0, MAX, Instant.MAX, Instant.MIN)));
        assertThat(store.stats().snapshots()).isEqualTo(2);
        done(store.deleteSnapshots(ANNA, new SnapshotCriteria(MIN, 0, Instant.MIN, Instant.MAX)));
        assertThat(store.stats().snapshots()).isEqualTo(1);
        done(store.deleteSnapshots(ANNA, new SnapshotCriteria(MAX, MAX, Instant.MIN, Instant.MAX)));
        assertThat(store.stats().snapshots()).isZero();
    }

    private String snapshot(long minNr, long maxNr, Instant min, Instant max) {
        return done(store.getLatestSnapshot(ANNA, new SnapshotCriteria(minNr, maxNr, min, max)))
                .map(found -> new String(found.payload().bytes(), UTF_8))
                .orElse("");
    }

    @Test
    void revisions_at_the_ends_of_their_range_conflict() {
        for (long revision : new long[]{MIN, -1, 0, 3, MAX}) {
            refused(VersionConflictException.class, store.upsertState(ANNA, revision, json("x"), ""));
            refused(VersionConflictException.class, store.deleteState(ANNA, revision));
        }
        assertThat(done(store.getState(ANNA)).map(DurableState::revision)).contains(1L);
    }

    @Test
    void filters_at_the_ends_of_their_range_want_nothing_or_all() {
        beforeAndAfterFlush(() -> {
            assertThat(wanted(new EventFilter.Or(List.of()))).isZero();
            assertThat(wanted(new EventFilter.And(List.of()))).isEqualTo(4);
            assertThat(wanted(new EventFilter.ByTime(Instant.MIN, Instant.MAX))).isEqualTo(4);
            assertThat(wanted(new EventFilter.ByTime(Instant.MAX, Instant.MIN))).isZero();
            assertThat(wanted(new EventFilter.ByTime(Instant.MIN, Instant.MIN))).isZero();
            assertThat(wanted(new EventFilter.ByTime(NOON, NOON))).isZero();
            assertThat(wanted(new EventFilter.ByTime(NOON, Instant.MAX))).isEqualTo(4);
            assertThat(wanted(EventFilter.slices(0, StreamId.SLICES - 1))).isEqualTo(4);
            assertThat(wanted(EventFilter.tag(""))).isZero();
            assertThat(wanted(EventFilter.eventType(""))).isZero();
            assertThat(wanted(EventFilter.entityType(""))).isZero();
            assertThat(wanted(EventFilter.eventType("x".repeat(1 << 20)))).isZero();
        });
    }

    private int wanted(EventFilter filter) {
        return readAll(filter, Position.START, Integer.MAX_VALUE).size();
    }

    @Test
    void whatever_a_caller_s_code_throws_fails_its_stage_alone() {
        done(store.flush());
        for (Throwable thrown : List.of(new IllegalStateException("planted"), new StackOverflowError("planted"),
                new NoClassDefFoundError("planted"), new AssertionError("planted"),
                new OutOfMemoryError("planted"))) {
            Predicate<DurableState> hostile = change -> {
                throw sneaky(thrown);
            };
            assertThat(failure("getStateChanges", () -> store.getStateChanges(hostile, Position.START, 10)))
                    .isSameAs(thrown);
        }
        EventFilter deep = EventFilter.all();
        for (int i = 0; i < 100_000; i++) {
            deep = new EventFilter.Or(List.of(deep));
        }
        EventFilter tooDeep = deep;
        assertThat(failure("getAllEvents", () -> store.getAllEvents(tooDeep, Position.START, 10)))
                .isInstanceOf(StackOverflowError.class);

        append(BERT, "b2");
        assertThat(failure("getAllEvents", () -> store.getAllEvents(tooDeep, Position.START, 10)))
                .isInstanceOf(StackOverflowError.class);
        assertThat(texts(readAll())).containsExactly("a1", "a2", "a3", "b1", "b2");
        assertThat(done(store.getStateChanges(change -> true, Position.START, 10)).changes()).hasSize(1);
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> RuntimeException sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    void a_callback_that_throws_an_error_spoils_neither_the_append_nor_the_other_callbacks() {
        Semaphore calls = new Semaphore(0);
        try (var first = store.onAppend(() -> {
            throw new StackOverflowError("planted");
        }); var second = store.onAppend(calls::release); var third = store.onAppend(BERT, () -> {
            throw new NoClassDefFoundError("planted");
        }); var fourth = store.onAppend(BERT, calls::release)) {
            assertThat(List.of(first, second, third, fourth)).doesNotContainNull();
            append(BERT, "b2");
            eventually("both calls", () -> calls.tryAcquire(2));
            append(BERT, "b3");
            eventually("both calls", () -> calls.tryAcquire(2));
        }
        assertThat(texts(read(BERT))).containsExactly("b1", "b2", "b3");
    }

    @Test
    void times_that_a_long_of_milliseconds_cannot_hold_are_refused_before_they_are_stored() {
        for (Instant time : List.of(Instant.MIN, Instant.MAX)) {
            assertThat(catchThrowable(() -> EventMetadata.at(time)))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
            assertThat(catchThrowable(() -> new Snapshot(ANNA, 1, time, json("x"), null)))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
        }
        Instant last = Instant.ofEpochMilli(MAX);
        Instant first = Instant.ofEpochMilli(MIN);
        append(ANNA, new Envelope("account.noted", Integer.MAX_VALUE, json("last"),
                Set.of(), EventMetadata.at(last), null, "", null));
        append(ANNA, new Envelope("account.noted", 1,
                new Payload(Integer.MIN_VALUE, "", new byte[0]), Set.of(),
                EventMetadata.at(first), null, "", null));
        beforeAndAfterFlush(() -> {
            List<StoredEvent> read = read(ANNA);
            assertThat(read.get(3).envelope().metadata().timestamp()).isEqualTo(last);
            assertThat(read.get(3).envelope().eventVersion()).isEqualTo(Integer.MAX_VALUE);
            assertThat(read.get(4).envelope().metadata().timestamp()).isEqualTo(first);
            assertThat(read.get(4).envelope().payload().serializerId()).isEqualTo(Integer.MIN_VALUE);
            assertThat(wanted(new EventFilter.ByTime(last, Instant.MAX))).isEqualTo(1);
            assertThat(wanted(new EventFilter.ByTime(Instant.MIN, NOON))).isEqualTo(1);
        });
    }
}
