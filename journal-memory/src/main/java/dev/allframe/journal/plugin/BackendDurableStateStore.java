package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import dev.allframe.store.BackendAccess;
import dev.allframe.store.DurableState;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.streams.PagedSource;
import dev.allframe.streams.Stages;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.query.DeletedDurableState;
import org.apache.pekko.persistence.query.DurableStateChange;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.UpdatedDurableState;
import org.apache.pekko.persistence.query.javadsl.DurableStateStorePagedPersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.DurableStateStoreQuery;
import org.apache.pekko.persistence.query.typed.javadsl.DurableStateStoreBySliceQuery;
import org.apache.pekko.persistence.state.javadsl.DurableStateUpdateStore;
import org.apache.pekko.persistence.state.javadsl.GetObjectResult;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The Pekko durable state store over a storage, for Java.
 *
 * <p>A revision counts the changes of a persistence id, deletes among them, and rises by one with each: any other
 * revision is refused with {@link dev.allframe.store.VersionConflictException}. After a delete the revision is
 * remembered. Of changes that follow each other a query delivers the last one for certain. Offsets are
 * {@link org.apache.pekko.persistence.query.Sequence}s, in an order of their own beside that of events.
 *
 * <p>A value that is a {@link Payload} of JSON text is stored and handed back as it is; every other value is serialized
 * by its Pekko serializer.
 */
public final class BackendDurableStateStore
        implements
            BackendAccess,
            DurableStateUpdateStore<Object>,
            DurableStateStoreQuery<Object>,
            DurableStateStoreBySliceQuery<Object>,
            DurableStateStorePagedPersistenceIdsQuery<Object> {

    private final EventStoreBackend backend;
    private final Payloads payloads;
    private final Persistence persistence;
    private final int pageSize;

    BackendDurableStateStore(ExtendedActorSystem system, Config config, String pluginId) {
        this.backend = Storages.get(system).backendOf(pluginId);
        this.payloads = new Payloads(system);
        this.persistence = Persistence.get(system);
        this.pageSize = PageSize.of(config.atPath(pluginId), pluginId);
    }

    /** The storage underneath. */
    @Override
    public EventStoreBackend backend() {
        return backend;
    }

    @Override
    public CompletionStage<GetObjectResult<Object>> getObject(String persistenceId) {
        return backend.getState(new StreamId(persistenceId))
                .thenApply(found -> found
                        .map(state -> new GetObjectResult<>(Optional.ofNullable(state.payload()).map(payloads::value),
                                state.revision()))
                        .orElseGet(() -> new GetObjectResult<>(Optional.empty(), 0)));
    }

    @Override
    public CompletionStage<Done> upsertObject(String persistenceId, long revision, Object value, String tag) {
        return Stages.attempt(
                () -> backend.upsertState(new StreamId(persistenceId), revision, payloads.stored(value), tag))
                .thenApply(changed -> Done.getInstance());
    }

    /**
     * Deletes the value whatever its revision; does nothing where there is none. Fails with
     * {@link dev.allframe.store.VersionConflictException} where it is changed in the same moment.
     *
     * @deprecated Pekko wants a revision: call {@link #deleteObject(String, long)}
     */
    @Deprecated
    @Override
    public CompletionStage<Done> deleteObject(String persistenceId) {
        return backend.getState(new StreamId(persistenceId))
                .thenCompose(found -> found.filter(state -> !state.deleted())
                        .map(state -> deleteObject(persistenceId, state.revision() + 1))
                        .orElseGet(() -> CompletableFuture.completedFuture(Done.getInstance())));
    }

    @Override
    public CompletionStage<Done> deleteObject(String persistenceId, long revision) {
        return backend.deleteState(new StreamId(persistenceId), revision).thenApply(changed -> Done.getInstance());
    }

    /** Ends with the end that it finds; changes that happen meanwhile may be among what it delivers. */
    @Override
    public Source<DurableStateChange<Object>, NotUsed> currentChanges(String tag, Offset offset) {
        return current(state -> state.tag().equals(tag), offset);
    }

    @Override
    public Source<DurableStateChange<Object>, NotUsed> changes(String tag, Offset offset) {
        return live(state -> state.tag().equals(tag), offset);
    }

    /** Ends with the end that it finds; changes that happen meanwhile may be among what it delivers. */
    @Override
    public Source<DurableStateChange<Object>, NotUsed> currentChangesBySlices(String entityType, int minSlice,
            int maxSlice, Offset offset) {
        return current(inSlices(entityType, minSlice, maxSlice), offset);
    }

    @Override
    public Source<DurableStateChange<Object>, NotUsed> changesBySlices(String entityType, int minSlice, int maxSlice,
            Offset offset) {
        return live(inSlices(entityType, minSlice, maxSlice), offset);
    }

    @Override
    public int sliceForPersistenceId(String persistenceId) {
        return persistence.sliceForPersistenceId(persistenceId);
    }

    @Override
    public List<Pair<Integer, Integer>> sliceRanges(int numberOfRanges) {
        return persistence.getSliceRanges(numberOfRanges);
    }

    @Override
    public Source<String, NotUsed> currentPersistenceIds(Optional<String> afterId, long limit) {
        StreamId after = afterId.map(StreamId::new).orElse(null);
        return PagedSource.current(() -> IdPages.current(backend::getStateIds, after, limit, pageSize));
    }

    private Source<DurableStateChange<Object>, NotUsed> live(Predicate<DurableState> wanted, Offset offset) {
        Position after = Offsets.position(offset, backend.storeId());
        return PagedSource.live(() -> StatePages.live(backend, wanted, after, pageSize), backend::onStateChange)
                .map(this::change);
    }

    private Source<DurableStateChange<Object>, NotUsed> current(Predicate<DurableState> wanted, Offset offset) {
        Position after = Offsets.position(offset, backend.storeId());
        return PagedSource.current(() -> StatePages.current(backend, wanted, after, pageSize)).map(this::change);
    }

    private static Predicate<DurableState> inSlices(String entityType, int minSlice, int maxSlice) {
        return state -> {
            int slice = state.id().slice();
            return minSlice <= slice && slice <= maxSlice && state.id().entityType().equals(entityType);
        };
    }

    private DurableStateChange<Object> change(DurableState state) {
        Payload payload = state.payload();
        Offset offset = Offsets.offset(state.position());
        long timestamp = state.timestamp().toEpochMilli();
        return payload == null
                ? new DeletedDurableState<>(state.id().value(), state.revision(), offset, timestamp)
                : new UpdatedDurableState<>(state.id().value(), state.revision(), payloads.value(payload), offset,
                        timestamp);
    }
}
