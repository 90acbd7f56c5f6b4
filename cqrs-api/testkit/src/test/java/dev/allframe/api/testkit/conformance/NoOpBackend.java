package dev.allframe.api.testkit.conformance;

import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.BackendStats;
import dev.allframe.store.DurableState;
import dev.allframe.store.DurableStatePage;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Registration;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Says yes to everything and keeps nothing; its answers are as plausible as they can be without memory of what was
 * stored.
 */
final class NoOpBackend implements EventStoreBackend {

    private static final Registration NEVER_CALLED = () -> {};

    private final String storeId = "no-op-" + UUID.randomUUID();
    private final AtomicLong index = new AtomicLong();

    private Position position(long places) {
        return new Position(storeId, 0, 0, index.addAndGet(places));
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        int records = append.records().size();
        return completedFuture(new Appended(append.stream(), 1, records, position(records)));
    }

    @Override
    public CompletionStage<Void> deleteEventsTo(StreamId stream, long toSequenceNr) {
        return done();
    }

    @Override
    public CompletionStage<List<StoredEvent>> getEvents(StreamId stream, long fromSequenceNr, long toSequenceNr,
            int limit) {
        return completedFuture(List.of());
    }

    @Override
    public CompletionStage<List<StoredEvent>> getEventsBackwards(StreamId stream, long fromSequenceNr, int limit) {
        return completedFuture(List.of());
    }

    @Override
    public CompletionStage<EventPage> getAllEvents(EventFilter filter, Position after, int limit) {
        return completedFuture(new EventPage(List.of(), after, true));
    }

    @Override
    public CompletionStage<Long> highestSequenceNr(StreamId stream) {
        return completedFuture(0L);
    }

    @Override
    public CompletionStage<Position> lastPosition() {
        return completedFuture(index.get() == 0 ? Position.START : position(0));
    }

    @Override
    public CompletionStage<List<StreamId>> getStreams(@Nullable StreamId after, int limit) {
        return completedFuture(List.of());
    }

    @Override
    public CompletionStage<Set<StoredType>> getStoredTypes() {
        return CompletableFuture.completedFuture(Set.of());
    }

    @Override
    public Registration onAppend(Runnable wake) {
        return NEVER_CALLED;
    }

    @Override
    public Registration onAppend(StreamId stream, Runnable wake) {
        return NEVER_CALLED;
    }

    @Override
    public CompletionStage<Void> saveSnapshot(Snapshot snapshot) {
        return done();
    }

    @Override
    public CompletionStage<Optional<Snapshot>> getLatestSnapshot(StreamId stream, SnapshotCriteria criteria) {
        return completedFuture(Optional.empty());
    }

    @Override
    public CompletionStage<Void> deleteSnapshots(StreamId stream, SnapshotCriteria criteria) {
        return done();
    }

    @Override
    public CompletionStage<Optional<DurableState>> getState(StreamId id) {
        return completedFuture(Optional.empty());
    }

    @Override
    public CompletionStage<DurableState> upsertState(StreamId id, long revision, Payload payload, String tag) {
        return completedFuture(new DurableState(id, revision, position(1), Instant.now(), payload, tag));
    }

    @Override
    public CompletionStage<DurableState> deleteState(StreamId id, long revision) {
        return completedFuture(new DurableState(id, revision, position(1), Instant.now(), null, ""));
    }

    @Override
    public CompletionStage<DurableStatePage> getStateChanges(Predicate<DurableState> wanted, Position after,
            int limit) {
        return completedFuture(new DurableStatePage(List.of(), after, true));
    }

    @Override
    public CompletionStage<List<StreamId>> getStateIds(@Nullable StreamId after, int limit) {
        return completedFuture(List.of());
    }

    @Override
    public Registration onStateChange(Runnable wake) {
        return NEVER_CALLED;
    }

    @Override
    public String storeId() {
        return storeId;
    }

    @Override
    public CompletionStage<Void> flush() {
        return done();
    }

    @Override
    public BackendStats stats() {
        return new BackendStats(storeId, "none", 0, 0, 0, 0, 0, Long.MAX_VALUE);
    }

    @Override
    public void close() {}

    private static CompletionStage<Void> done() {
        return CompletableFuture.allOf();
    }
}
