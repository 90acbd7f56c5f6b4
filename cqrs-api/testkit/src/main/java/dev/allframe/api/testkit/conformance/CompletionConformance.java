package dev.allframe.api.testkit.conformance;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.Subscription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where stages are completed: what a caller does in a callback holds up neither the store nor another caller. */
abstract class CompletionConformance extends StoreConformance {

    /** More than any storage has threads of one kind on a small machine. */
    private static final int AT_ONCE = 4;

    CompletionConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    @Test
    void callbacks_of_pages_may_read_the_store_and_wait_for_it() {
        List<CompletionStage<Appended>> appends = new ArrayList<>();
        for (int stream = 0; stream < 40; stream++) {
            List<Envelope> records = IntStream.range(0, 75).mapToObj(i -> event("e" + i)).toList();
            appends.add(store.append(new Append(StreamId.of("account", "s" + stream), ExpectedVersion.noStream(),
                    "conformance", records)));
        }
        appends.forEach(this::done);
        done(store.flush());

        List<CompletionStage<Integer>> read = IntStream.range(0, AT_ONCE)
                .mapToObj(i -> store.getAllEvents(EventFilter.all(), Position.START, 100)
                        .thenApply(page -> page.events()
                                .stream()
                                .map(StoredEvent::stream)
                                .distinct()
                                .mapToInt(stream -> done(store.getEvents(stream, 1, 75, 100)).size())
                                .sum()))
                .toList();

        assertThat(read).allSatisfy(sum -> assertThat(done(sum)).isGreaterThanOrEqualTo(75));
    }

    @Test
    void callbacks_of_every_method_may_wait_for_each_other_and_for_the_store() {
        append(ANNA, "1", "2");
        done(store.upsertState(ANNA, 1, json("state"), ""));
        done(store.saveSnapshot(new Snapshot(ANNA, 1, NOON, json("snapshot"), null)));

        for (boolean flushed : List.of(false, true)) {
            if (flushed) {
                done(store.flush());
            }
            calls().forEach((name, call) -> waitForEachOther(name, call));
        }
    }

    private Map<String, Supplier<CompletionStage<?>>> calls() {
        Map<String, Supplier<CompletionStage<?>>> calls = new LinkedHashMap<>();
        calls.put("append", () -> appending(BERT, ExpectedVersion.any(), "b"));
        calls.put("append that is refused", () -> appending(ANNA, ExpectedVersion.exactly(99), "b"));
        calls.put("deleteEventsTo", () -> store.deleteEventsTo(BERT, 1));
        calls.put("getEvents", () -> store.getEvents(ANNA, 1, 9, 9));
        calls.put("getStreamPage", () -> store.getStreamPage(ANNA, 1, 9, 9));
        calls.put("getEventsAfter", () -> store.getEventsAfter(ANNA, 0, 9));
        calls.put("getEventsBackwards", () -> store.getEventsBackwards(ANNA, 9, 9));
        calls.put("getEvent", () -> store.getEvent(ANNA, 1));
        calls.put("getAllEvents", () -> store.getAllEvents(EventFilter.all(), Position.START, 9));
        calls.put("highestSequenceNr", () -> store.highestSequenceNr(ANNA));
        calls.put("lastPosition", () -> store.lastPosition());
        calls.put("getStreams", () -> store.getStreams(null, 9));
        calls.put("getStoredTypes", () -> store.getStoredTypes());
        calls.put("saveSnapshot", () -> store.saveSnapshot(new Snapshot(BERT, 1, NOON, json("x"), null)));
        calls.put("getLatestSnapshot", () -> store.getLatestSnapshot(ANNA, SnapshotCriteria.all()));
        calls.put("deleteSnapshots", () -> store.deleteSnapshots(BERT, SnapshotCriteria.all()));
        calls.put("getState", () -> store.getState(ANNA));
        calls.put("upsertState", () -> store.upsertState(ANNA, 99, json("x"), ""));
        calls.put("deleteState", () -> store.deleteState(ANNA, 99));
        calls.put("getStateChanges", () -> store.getStateChanges(change -> true, Position.START, 9));
        calls.put("getStateIds", () -> store.getStateIds(null, 9));
        calls.put("flush", () -> store.flush());
        return calls;
    }

    /** Callbacks that share a thread never meet at the barrier. */
    private void waitForEachOther(String name, Supplier<CompletionStage<?>> call) {
        CyclicBarrier together = new CyclicBarrier(AT_ONCE);
        List<CompletableFuture<Boolean>> met = IntStream.range(0, AT_ONCE)
                .mapToObj(i -> apart(() -> call.get().handle((done, failure) -> {
                    await(name, together);
                    return !done(store.getEvents(ANNA, 1, 1, 1)).isEmpty();
                })))
                .toList();
        assertThat(met).as(name).allMatch(this::done);
    }

    /** Calls on a thread of its own: a storage may do all its work there, callbacks too. */
    private static <T> CompletableFuture<T> apart(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.startVirtualThread(() -> call.get().whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        }));
        return result;
    }

    private void await(String name, CyclicBarrier together) {
        try {
            together.await(patience().toMillis(), MILLISECONDS);
        } catch (Exception alone) {
            throw new AssertionError("the callbacks of " + name + " do not run at the same time", alone);
        }
    }

    @Test
    void a_callback_of_an_append_may_wait_for_the_appends_behind_it() {
        int count = 50;
        List<CountDownLatch> called = IntStream.range(0, count + 1).mapToObj(i -> new CountDownLatch(1)).toList();
        called.getLast().countDown();
        List<CompletableFuture<Boolean>> waited = IntStream.range(0, count)
                .mapToObj(i -> apart(() -> appending(ANNA, ExpectedVersion.any(), "e" + i).thenApply(appended -> {
                    called.get(i).countDown();
                    return isCounted(called.get(i + 1));
                })))
                .toList();

        assertThat(waited).hasSize(count).allMatch(this::done);
        assertThat(done(store.highestSequenceNr(ANNA))).isEqualTo(count);
    }

    private boolean isCounted(CountDownLatch latch) {
        try {
            return latch.await(patience().toMillis(), MILLISECONDS);
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    @Test
    void a_predicate_of_state_changes_may_wait_for_the_store() {
        append(ANNA, "1");
        done(store.upsertState(ANNA, 1, json("state"), ""));
        done(store.flush());
        CyclicBarrier together = new CyclicBarrier(AT_ONCE);

        List<CompletableFuture<Integer>> found = IntStream.range(0, AT_ONCE)
                .mapToObj(i -> apart(() -> store.getStateChanges(change -> {
                    await("the predicate", together);
                    return !done(store.getEvents(ANNA, 1, 1, 1)).isEmpty();
                }, Position.START, 10).thenApply(page -> page.changes().size())))
                .toList();

        assertThat(found).allSatisfy(size -> assertThat(done(size)).isEqualTo(1));
    }

    @Test
    void a_subscription_s_end_may_wait_for_the_store() {
        append(ANNA, "1");
        Subscription subscription = Subscription.start(store, EventFilter.all(), Position.START, event -> {
            throw new IllegalStateException("enough");
        });

        CompletionStage<Integer> read = subscription.ended()
                .handle((ended, failure) -> done(store.getEvents(ANNA, 1, 9, 9)).size());

        assertThat(done(read)).isEqualTo(1);
    }
}
