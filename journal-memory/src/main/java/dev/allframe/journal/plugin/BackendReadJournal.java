package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import dev.allframe.store.BackendAccess;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewStoreAccess;
import dev.allframe.streams.PagedSource;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByTagQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentLastSequenceNumberByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentPersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.EventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.EventsByTagQuery;
import org.apache.pekko.persistence.query.javadsl.PagedPersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.PersistenceIdsQuery;
import org.apache.pekko.persistence.query.typed.javadsl.CurrentEventsBySliceQuery;
import org.apache.pekko.persistence.query.typed.javadsl.EventTimestampQuery;
import org.apache.pekko.persistence.query.typed.javadsl.EventsBySliceQuery;
import org.apache.pekko.persistence.query.typed.javadsl.LoadEventQuery;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Reads a storage with Pekko's queries, for Java. Get it by
 * {@code PersistenceQuery.get(system).getReadJournalFor(BackendReadJournal.class, "inmemory.query")}.
 *
 * <p>Offsets are {@link org.apache.pekko.persistence.query.Sequence}s: the index of the event's {@link Position}, which
 * rises in the order of commits. A query that starts at an offset goes on with the event behind it. Nothing is
 * delivered twice, nothing is left out, and nothing is polled for: live queries are woken by the storage. Offsets of
 * another kind are refused with an {@link IllegalArgumentException}.
 *
 * <p>Queries read pages when downstream asks, so that slow consumers cost no memory. Those named {@code current} end
 * with what is stored when they begin. Records that only remember a command are left out. The event adapters of the
 * journal are applied.
 */
public final class BackendReadJournal
        implements
            BackendAccess,
            ViewStoreAccess,
            EventsByPersistenceIdQuery,
            CurrentEventsByPersistenceIdQuery,
            CurrentLastSequenceNumberByPersistenceIdQuery,
            EventsByTagQuery,
            CurrentEventsByTagQuery,
            PersistenceIdsQuery,
            CurrentPersistenceIdsQuery,
            PagedPersistenceIdsQuery,
            EventsBySliceQuery,
            CurrentEventsBySliceQuery,
            EventTimestampQuery,
            LoadEventQuery {

    private final Storages storages;
    private final String pluginId;
    private final EventStoreBackend backend;
    private final Persistence persistence;
    private final QueryEnvelopes envelopes;
    private final int pageSize;

    BackendReadJournal(ExtendedActorSystem system, Config config, String pluginId) {
        this.storages = Storages.get(system);
        this.pluginId = pluginId;
        this.backend = storages.backendOf(pluginId);
        this.persistence = Persistence.get(system);
        this.envelopes = new QueryEnvelopes(new EventMapping(new Payloads(system)),
                persistence.adaptersFor(config.getString("journal-plugin")));
        this.pageSize = PageSize.of(config.atPath(pluginId), pluginId);
    }

    /** The views that are kept beside the storage. */
    @Override
    public ViewStore views() {
        return storages.viewsOf(pluginId);
    }

    /** The storage that is read. */
    @Override
    public EventStoreBackend backend() {
        return backend;
    }

    /** Completes behind {@code toSequenceNr}; does not complete where that is {@link Long#MAX_VALUE}. */
    @Override
    public Source<EventEnvelope, NotUsed> eventsByPersistenceId(String persistenceId, long fromSequenceNr,
            long toSequenceNr) {
        StreamId stream = new StreamId(persistenceId);
        return PagedSource
                .live(() -> EventPages.liveOfStream(backend, stream, fromSequenceNr, toSequenceNr, pageSize),
                        wake -> backend.onAppend(stream, wake))
                .mapConcat(envelopes::envelopes);
    }

    @Override
    public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(String persistenceId, long fromSequenceNr,
            long toSequenceNr) {
        StreamId stream = new StreamId(persistenceId);
        return PagedSource
                .current(() -> EventPages.currentOfStream(backend, stream, fromSequenceNr, toSequenceNr, pageSize))
                .mapConcat(envelopes::envelopes);
    }

    /** Deleted events count: the number never falls. */
    @Override
    public CompletionStage<Optional<Long>> currentLastSequenceNumberByPersistenceId(String persistenceId) {
        return backend.highestSequenceNr(new StreamId(persistenceId))
                .thenApply(highest -> Optional.of(highest).filter(any -> any > 0));
    }

    @Override
    public Source<EventEnvelope, NotUsed> eventsByTag(String tag, Offset offset) {
        return live(EventFilter.tag(tag), offset).mapConcat(envelopes::envelopes);
    }

    @Override
    public Source<EventEnvelope, NotUsed> currentEventsByTag(String tag, Offset offset) {
        return current(EventFilter.tag(tag), offset).mapConcat(envelopes::envelopes);
    }

    @Override
    public <E> Source<org.apache.pekko.persistence.query.typed.EventEnvelope<E>, NotUsed> eventsBySlices(
            String entityType, int minSlice, int maxSlice, Offset offset) {
        return live(slices(entityType, minSlice, maxSlice), offset).mapConcat(envelopes::<E>typed);
    }

    @Override
    public <E> Source<org.apache.pekko.persistence.query.typed.EventEnvelope<E>, NotUsed> currentEventsBySlices(
            String entityType, int minSlice, int maxSlice, Offset offset) {
        return current(slices(entityType, minSlice, maxSlice), offset).mapConcat(envelopes::<E>typed);
    }

    @Override
    public int sliceForPersistenceId(String persistenceId) {
        return persistence.sliceForPersistenceId(persistenceId);
    }

    @Override
    public List<Pair<Integer, Integer>> sliceRanges(int numberOfRanges) {
        return persistence.getSliceRanges(numberOfRanges);
    }

    /** Each id once; those that there are come first, in order. Keeps all ids that were delivered in memory. */
    @Override
    public Source<String, NotUsed> persistenceIds() {
        return PagedSource.live(() -> IdPages.live(backend, pageSize), backend::onAppend);
    }

    @Override
    public Source<String, NotUsed> currentPersistenceIds() {
        return currentPersistenceIds(Optional.empty(), Long.MAX_VALUE);
    }

    @Override
    public Source<String, NotUsed> currentPersistenceIds(Optional<String> afterId, long limit) {
        StreamId after = afterId.map(StreamId::new).orElse(null);
        return PagedSource.current(() -> IdPages.current(backend::getStreams, after, limit, pageSize));
    }

    @Override
    public CompletionStage<Optional<Instant>> timestampOf(String persistenceId, long sequenceNr) {
        return event(persistenceId, sequenceNr)
                .thenApply(found -> found.map(stored -> stored.envelope().metadata().timestamp()));
    }

    /**
     * Fails with {@link NoSuchElementException} where there is no such event, or where an event adapter leaves nothing
     * of it.
     */
    @Override
    public <E> CompletionStage<org.apache.pekko.persistence.query.typed.EventEnvelope<E>> loadEnvelope(
            String persistenceId, long sequenceNr) {
        return event(persistenceId, sequenceNr)
                .thenApply(found -> found.flatMap(stored -> envelopes.<E>typed(stored).stream().findFirst())
                        .orElseThrow(() -> new NoSuchElementException(
                                "no event stream=" + persistenceId + " sequenceNr=" + sequenceNr)));
    }

    private CompletionStage<Optional<StoredEvent>> event(String persistenceId, long sequenceNr) {
        return backend.getEvent(new StreamId(persistenceId), sequenceNr)
                .thenApply(found -> found.filter(stored -> stored.envelope().isEvent()));
    }

    private Source<StoredEvent, NotUsed> live(EventFilter filter, Offset offset) {
        Position after = Offsets.position(offset, backend.storeId());
        return PagedSource.live(() -> EventPages.live(backend, filter, after, pageSize), backend::onAppend);
    }

    private Source<StoredEvent, NotUsed> current(EventFilter filter, Offset offset) {
        Position after = Offsets.position(offset, backend.storeId());
        return PagedSource.current(() -> EventPages.current(backend, filter, after, pageSize));
    }

    private static EventFilter slices(String entityType, int minSlice, int maxSlice) {
        return EventFilter.entityType(entityType).and(EventFilter.slices(minSlice, maxSlice));
    }
}
