package dev.allframe.journal.memory;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;

import dev.allframe.failure.Failures;
import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.BackendStats;
import dev.allframe.store.ChangesRefused;
import dev.allframe.store.DurableState;
import dev.allframe.store.DurableStatePage;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ForeignPositionException;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.Registration;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import dev.allframe.store.StreamPage;
import dev.allframe.store.VersionConflictException;
import dev.allframe.store.spi.Listeners;
import dev.allframe.store.spi.PageBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store in the memory of this process: everything that a storage promises, but durability. Every call is done when it
 * returns; the stages are there for storages that must wait.
 *
 * <p>A bounded store refuses appends when it is full and never drops a record; deleting events makes room. The bound is
 * for records alone: snapshots and durable states are not counted.
 *
 * <h2>Threads</h2> One lock guards all data. Nobody holds it for long: an append adds its records, a read copies
 * references, a page at a time. Filters and callbacks run outside of it, on the caller's thread.
 */
public final class InMemoryBackend implements EventStoreBackend {

    /** A filter that wants little looks at this many records in one call, at most, and says where to go on. */
    private static final int MAX_SCAN = 65_536;

    private final String storeId = "memory-" + UUID.randomUUID();
    private final InMemoryConfig config;
    private final Listeners eventListeners = new Listeners();
    private final Listeners stateListeners = new Listeners();

    private final ReentrantLock lock = new ReentrantLock();
    private final EventLog log = new EventLog(); // this and the following are guarded by the lock
    private final Map<StreamId, MemoryStream> streams = new HashMap<>();
    private final NavigableSet<StreamId> streamIds = new TreeSet<>();
    private final Set<StoredType> types = new HashSet<>();
    private final MemorySnapshots snapshots = new MemorySnapshots();
    private final MemoryStates states = new MemoryStates(storeId);
    private long eventBytes;
    private boolean closed;
    private @Nullable ChangesRefused changesRefused;

    private InMemoryBackend(InMemoryConfig config) {
        this.config = config;
    }

    /** A store without a limit on its records. */
    public static InMemoryBackend unbounded() {
        return open(InMemoryConfig.unbounded());
    }

    /** A store that refuses appends when it holds this many records. */
    public static InMemoryBackend bounded(long maxEvents) {
        return open(InMemoryConfig.bounded(maxEvents));
    }

    /** A store with these limits. */
    public static InMemoryBackend open(InMemoryConfig config) {
        return new InMemoryBackend(config);
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        Appended appended;
        try {
            checkSize(append);
            lock.lock();
            try {
                checkOpen();
                appended = add(append);
            } finally {
                lock.unlock();
            }
        } catch (RuntimeException | Error refused) {
            return failedFuture(refused);
        }
        eventListeners.wake(List.of(append.stream()));
        return completedFuture(appended);
    }

    private void checkSize(Append append) {
        long largest = append.largestRecordBytes();
        if (largest > config.maxRecordBytes()) {
            throw new RecordTooLargeException(append.stream(), largest, config.maxRecordBytes());
        }
    }

    private Appended add(Append append) {
        List<Envelope> records = append.records();
        MemoryStream stream = streams.get(append.stream());
        long version = stream == null ? 0 : stream.version();
        if (!append.expected().accepts(version)) {
            throw new VersionConflictException(append.stream(), append.expected(), version);
        }
        if (records.size() > config.maxEvents() - log.live()) {
            StoreFullException full = new StoreFullException("stream=" + append.stream() + " records="
                    + records.size() + " stored=" + log.live() + " maxEvents=" + config.maxEvents());
            if (changesRefused == null) {
                changesRefused = new ChangesRefused(Instant.now(), Failures.message(full), false);
            }
            throw full;
        }
        if (stream == null) {
            stream = new MemoryStream(append.stream());
            streams.put(stream.id, stream);
            streamIds.add(stream.id);
        }
        for (Envelope envelope : records) {
            StoredEvent event = new StoredEvent(stream.id, stream.version() + 1, position(log.lastIndex() + 1),
                    append.writer(), envelope);
            log.add(event);
            stream.add(event);
            eventBytes += envelope.payload().bytes().length;
            if (envelope.isEvent()) {
                types.add(new StoredType(stream.id.entityType(), envelope.eventType(), envelope.eventVersion()));
            }
        }
        changesRefused = null;
        return new Appended(stream.id, version + 1, stream.version(), position(log.lastIndex()));
    }

    @Override
    public CompletionStage<Void> deleteEventsTo(StreamId id, long toSequenceNr) {
        return run(() -> {
            MemoryStream stream = stream(id);
            if (stream != null) {
                for (StoredEvent event : stream.deleteTo(toSequenceNr)) {
                    log.delete(event.position().index());
                    eventBytes -= event.envelope().payload().bytes().length;
                }
            }
        });
    }

    @Override
    public CompletionStage<List<StoredEvent>> getEvents(StreamId id, long fromSequenceNr, long toSequenceNr,
            int limit) {
        return locked(() -> {
            PageBuilder<StoredEvent> page = PageBuilder.ofEvents(limit);
            MemoryStream stream = stream(id);
            if (stream != null) {
                stream.read(fromSequenceNr, toSequenceNr, page);
            }
            return page.elements();
        });
    }

    @Override
    public CompletionStage<StreamPage> getStreamPage(StreamId id, long fromSequenceNr, long toSequenceNr, int limit) {
        return locked(() -> {
            PageBuilder<StoredEvent> page = PageBuilder.ofEvents(limit);
            MemoryStream stream = stream(id);
            if (stream == null) {
                return new StreamPage(List.of(), 0);
            }
            stream.read(fromSequenceNr, toSequenceNr, page);
            return new StreamPage(page.elements(), stream.version());
        });
    }

    @Override
    public CompletionStage<List<StoredEvent>> getEventsBackwards(StreamId id, long fromSequenceNr, int limit) {
        return locked(() -> {
            PageBuilder<StoredEvent> page = PageBuilder.ofEvents(limit);
            MemoryStream stream = stream(id);
            if (stream != null) {
                stream.readBackwards(fromSequenceNr, page);
            }
            return page.elements();
        });
    }

    @Override
    public CompletionStage<EventPage> getAllEvents(EventFilter filter, Position after, int limit) {
        try {
            Objects.requireNonNull(filter, "filter");
            return completedFuture(scan(filter, index(after), after, PageBuilder.ofEvents(limit)));
        } catch (RuntimeException | Error refused) {
            return failedFuture(refused);
        }
    }

    /**
     * Copies a piece of the log under the lock and filters it outside, piece by piece, so that a filter that wants
     * little holds up no append.
     */
    private EventPage scan(EventFilter filter, long from, Position after, PageBuilder<StoredEvent> wanted) {
        List<StoredEvent> piece = new ArrayList<>();
        long looked = from;
        while (true) {
            piece.clear();
            long last;
            lock.lock();
            try {
                checkOpen();
                last = log.lastIndex();
                if (looked < last) {
                    looked = log.copyAfter(looked, piece);
                }
            } finally {
                lock.unlock();
            }
            for (StoredEvent event : piece) {
                if (filter.matches(event)) {
                    wanted.add(event);
                    if (wanted.isFull()) {
                        return new EventPage(wanted.elements(), event.position(), event.position().index() == last);
                    }
                }
            }
            if (looked >= last || looked - from >= MAX_SCAN) {
                return new EventPage(wanted.elements(), looked == from ? after : position(looked), looked >= last);
            }
        }
    }

    @Override
    public CompletionStage<Long> highestSequenceNr(StreamId id) {
        return locked(() -> {
            MemoryStream stream = stream(id);
            return stream == null ? 0L : stream.version();
        });
    }

    @Override
    public CompletionStage<Position> lastPosition() {
        return locked(() -> log.lastIndex() == 0 ? Position.START : position(log.lastIndex()));
    }

    @Override
    public CompletionStage<List<StreamId>> getStreams(@Nullable StreamId after, int limit) {
        return locked(() -> ids(streamIds, after, PageBuilder.ofIds(limit)));
    }

    @Override
    public CompletionStage<Set<StoredType>> getStoredTypes() {
        return locked(() -> Set.copyOf(types));
    }

    @Override
    public Registration onAppend(Runnable wake) {
        refuseIfClosed();
        return eventListeners.add(Objects.requireNonNull(wake, "wake"));
    }

    @Override
    public Registration onAppend(StreamId stream, Runnable wake) {
        refuseIfClosed();
        return eventListeners.add(Objects.requireNonNull(stream, "stream"), Objects.requireNonNull(wake, "wake"));
    }

    @Override
    public CompletionStage<Void> saveSnapshot(Snapshot snapshot) {
        return run(() -> snapshots.save(snapshot));
    }

    @Override
    public CompletionStage<Optional<Snapshot>> getLatestSnapshot(StreamId stream, SnapshotCriteria criteria) {
        return locked(() -> snapshots.latest(Objects.requireNonNull(stream, "stream"), criteria));
    }

    @Override
    public CompletionStage<Void> deleteSnapshots(StreamId stream, SnapshotCriteria criteria) {
        return run(() -> snapshots.delete(Objects.requireNonNull(stream, "stream"), criteria));
    }

    @Override
    public CompletionStage<Optional<DurableState>> getState(StreamId id) {
        return locked(() -> states.get(Objects.requireNonNull(id, "id")));
    }

    @Override
    public CompletionStage<DurableState> upsertState(StreamId id, long revision, Payload payload, String tag) {
        return changeState(() -> states.change(Objects.requireNonNull(id, "id"), revision,
                Objects.requireNonNull(payload, "payload"), Objects.requireNonNull(tag, "tag")));
    }

    @Override
    public CompletionStage<DurableState> deleteState(StreamId id, long revision) {
        return changeState(() -> states.change(Objects.requireNonNull(id, "id"), revision, null, null));
    }

    private CompletionStage<DurableState> changeState(Supplier<DurableState> change) {
        CompletionStage<DurableState> changed = locked(change);
        if (!changed.toCompletableFuture().isCompletedExceptionally()) {
            stateListeners.wake();
        }
        return changed;
    }

    @Override
    public CompletionStage<DurableStatePage> getStateChanges(Predicate<DurableState> wanted, Position after,
            int limit) {
        try {
            Objects.requireNonNull(wanted, "wanted");
            long from = index(after);
            List<DurableState> piece;
            boolean atEnd;
            lock.lock();
            try {
                checkOpen();
                piece = states.changesAfter(from, limit);
                atEnd = piece.isEmpty() || !states.hasChangesAfter(piece.getLast().position().index());
            } finally {
                lock.unlock();
            }
            Position next = piece.isEmpty() ? after : piece.getLast().position();
            return completedFuture(new DurableStatePage(piece.stream().filter(wanted).toList(), next, atEnd));
        } catch (RuntimeException | Error refused) {
            return failedFuture(refused);
        }
    }

    @Override
    public CompletionStage<List<StreamId>> getStateIds(@Nullable StreamId after, int limit) {
        return locked(() -> ids(states.ids(), after, PageBuilder.ofIds(limit)));
    }

    @Override
    public Registration onStateChange(Runnable wake) {
        refuseIfClosed();
        return stateListeners.add(Objects.requireNonNull(wake, "wake"));
    }

    @Override
    public String storeId() {
        return storeId;
    }

    /** Completes at once: nothing here has another place or form. */
    @Override
    public CompletionStage<Void> flush() {
        return run(() -> {});
    }

    @Override
    public BackendStats stats() {
        lock.lock();
        try {
            return new BackendStats(storeId, "none", log.live(), streams.size(), snapshots.count(), states.count(),
                    eventBytes + snapshots.bytes() + states.bytes(), config.maxEvents())
                    .withChangesRefused(changesRefused);
        } finally {
            lock.unlock();
        }
    }

    /** As the contract says; listeners are woken, so that whoever waits for records finds the store closed. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                changesRefused = new ChangesRefused(Instant.now(), "store " + storeId + " is closed", true);
            }
        } finally {
            lock.unlock();
        }
        eventListeners.wakeEveryone();
        stateListeners.wakeEveryone();
    }

    private CompletionStage<Void> run(Runnable change) {
        return locked(() -> {
            change.run();
            return null;
        });
    }

    private <T extends @Nullable Object> CompletionStage<T> locked(Supplier<T> access) {
        lock.lock();
        try {
            checkOpen();
            return completedFuture(access.get());
        } catch (RuntimeException | Error refused) {
            return failedFuture(refused);
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreClosedException(storeId);
        }
    }

    private void refuseIfClosed() {
        lock.lock();
        try {
            checkOpen();
        } finally {
            lock.unlock();
        }
    }

    private Position position(long index) {
        return new Position(storeId, 0, 0, index);
    }

    private long index(Position after) {
        boolean ours = after.storeId().equals(storeId) && after.partition() == 0 && after.epoch() == 0;
        if (!ours && !after.equals(Position.START)) {
            throw new ForeignPositionException(after, storeId);
        }
        return Math.max(0, after.index());
    }

    private @Nullable MemoryStream stream(StreamId id) {
        return streams.get(Objects.requireNonNull(id, "id"));
    }

    private static List<StreamId> ids(NavigableSet<StreamId> all, @Nullable StreamId after,
            PageBuilder<StreamId> page) {
        Iterator<StreamId> found = (after == null ? all : all.tailSet(after, false)).iterator();
        while (found.hasNext() && !page.isFull()) {
            page.add(found.next());
        }
        return page.elements();
    }
}
