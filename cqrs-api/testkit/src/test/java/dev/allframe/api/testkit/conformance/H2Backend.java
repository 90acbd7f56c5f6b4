package dev.allframe.api.testkit.conformance;

import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.BackendStats;
import dev.allframe.store.ChangesRefused;
import dev.allframe.store.DurableState;
import dev.allframe.store.DurableStatePage;
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
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import dev.allframe.store.spi.PageBuilder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A store in a database: a second implementer of the contract, as different from the one in memory as it can be. Every
 * write is a transaction on one thread, so that the order of positions is the order of commits; reads run on a thread
 * of their own beside it, and see what is committed.
 */
final class H2Backend implements EventStoreBackend {

    private record Listener(@Nullable StreamId stream, Runnable wake) {}

    private final String storeId;
    private final int maxRecordBytes;
    private final H2Thread writer;
    private final H2Thread reader;
    private final H2Events events;
    private final H2Snapshots snapshots = new H2Snapshots();
    private final H2States states;
    private final List<Listener[]> eventListeners = new CopyOnWriteArrayList<>();
    private final List<Listener[]> stateListeners = new CopyOnWriteArrayList<>();
    private volatile boolean closed;
    private @Nullable BackendStats lastStats; // guarded by this

    private H2Backend(Path folder, String storeId, int maxRecordBytes) {
        this.storeId = storeId;
        this.maxRecordBytes = maxRecordBytes;
        this.events = new H2Events(storeId);
        this.states = new H2States(storeId);
        String url = "jdbc:h2:file:" + folder.resolve(storeId).toAbsolutePath();
        this.writer = new H2Thread(url, storeId);
        writer.run(connection -> {
            try (var create = connection.createStatement()) {
                for (String table : List.of(H2Events.STREAMS, H2Events.EVENTS, H2Events.TYPES, H2Snapshots.TABLE,
                        H2States.TABLE)) {
                    create.execute(table);
                }
            }
            return true;
        }).toCompletableFuture().join();
        this.reader = new H2Thread(url, storeId);
    }

    /** A new store in a folder. */
    static H2Backend open(Path folder, int maxRecordBytes) {
        return reopen(folder, "h2-" + UUID.randomUUID(), maxRecordBytes);
    }

    /** The store of this id in a folder: its files have the name of the id. */
    static H2Backend reopen(Path folder, String storeId, int maxRecordBytes) {
        return new H2Backend(folder, storeId, maxRecordBytes);
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        return writer.run(connection -> {
            long largest = append.largestRecordBytes();
            if (largest > maxRecordBytes) {
                throw new RecordTooLargeException(append.stream(), largest, maxRecordBytes);
            }
            return events.append(connection, append);
        }, appended -> wake(eventListeners, append.stream()));
    }

    @Override
    public CompletionStage<Void> deleteEventsTo(StreamId stream, long toSequenceNr) {
        return writer.run(connection -> events.deleteTo(connection, stream, toSequenceNr)).thenAccept(deleted -> {});
    }

    @Override
    public CompletionStage<List<StoredEvent>> getEvents(StreamId stream, long fromSequenceNr, long toSequenceNr,
            int limit) {
        return reader.run(connection -> H2Rows.page(PageBuilder.ofEvents(limit),
                events.range(connection, stream, fromSequenceNr, toSequenceNr, page(limit))));
    }

    @Override
    public CompletionStage<List<StoredEvent>> getEventsBackwards(StreamId stream, long fromSequenceNr, int limit) {
        return reader.run(connection -> H2Rows.page(PageBuilder.ofEvents(limit),
                events.backwards(connection, stream, fromSequenceNr, page(limit))));
    }

    @Override
    public CompletionStage<EventPage> getAllEvents(EventFilter filter, Position after, int limit) {
        return reader
                .run(connection -> events.all(connection, filter, index(after), page(limit)));
    }

    /** On the writer, behind the appends that were called before. */
    @Override
    public CompletionStage<Long> highestSequenceNr(StreamId stream) {
        return writer.run(connection -> events.version(connection, stream));
    }

    @Override
    public CompletionStage<Position> lastPosition() {
        return reader.run(events::lastPosition);
    }

    @Override
    public CompletionStage<List<StreamId>> getStreams(@Nullable StreamId after, int limit) {
        return reader.run(
                connection -> H2Rows.page(PageBuilder.ofIds(limit), events.streams(connection, after, page(limit))));
    }

    /** On the writer, behind the appends that were called before. */
    @Override
    public CompletionStage<Set<StoredType>> getStoredTypes() {
        return writer.run(events::types);
    }

    @Override
    public Registration onAppend(Runnable wake) {
        return register(eventListeners, new Listener(null, Objects.requireNonNull(wake, "wake")));
    }

    @Override
    public Registration onAppend(StreamId stream, Runnable wake) {
        return register(eventListeners,
                new Listener(Objects.requireNonNull(stream, "stream"), Objects.requireNonNull(wake, "wake")));
    }

    @Override
    public CompletionStage<Void> saveSnapshot(Snapshot snapshot) {
        return writer.run(connection -> snapshots.save(connection, snapshot)).thenAccept(saved -> {});
    }

    @Override
    public CompletionStage<Optional<Snapshot>> getLatestSnapshot(StreamId stream, SnapshotCriteria criteria) {
        return reader.run(connection -> snapshots.meant(connection, stream, criteria).stream().findFirst());
    }

    @Override
    public CompletionStage<Void> deleteSnapshots(StreamId stream, SnapshotCriteria criteria) {
        return writer.run(connection -> snapshots.delete(connection, stream, criteria)).thenAccept(deleted -> {});
    }

    @Override
    public CompletionStage<Optional<DurableState>> getState(StreamId id) {
        return reader.run(connection -> states.get(connection, id));
    }

    @Override
    public CompletionStage<DurableState> upsertState(StreamId id, long revision, Payload payload, String tag) {
        return writer.run(
                connection -> states.change(connection, id, revision, Objects.requireNonNull(payload, "payload"),
                        Objects.requireNonNull(tag, "tag")),
                changed -> wake(stateListeners, id));
    }

    @Override
    public CompletionStage<DurableState> deleteState(StreamId id, long revision) {
        return writer.run(connection -> states.change(connection, id, revision, null, null),
                changed -> wake(stateListeners, id));
    }

    @Override
    public CompletionStage<DurableStatePage> getStateChanges(Predicate<DurableState> wanted, Position after,
            int limit) {
        return reader.run(connection -> {
            Objects.requireNonNull(wanted, "wanted");
            return states.changes(connection, index(after), page(limit));
        })
                .thenApply(page -> new DurableStatePage(page.changes().stream().filter(wanted).toList(), page.next(),
                        page.atEnd()));
    }

    @Override
    public CompletionStage<List<StreamId>> getStateIds(@Nullable StreamId after, int limit) {
        return reader
                .run(connection -> H2Rows.page(PageBuilder.ofIds(limit), states.ids(connection, after, page(limit))));
    }

    @Override
    public Registration onStateChange(Runnable wake) {
        return register(stateListeners, new Listener(null, Objects.requireNonNull(wake, "wake")));
    }

    @Override
    public String storeId() {
        return storeId;
    }

    @Override
    public CompletionStage<Void> flush() {
        return writer.run(connection -> true).thenAccept(flushed -> {});
    }

    @Override
    public synchronized BackendStats stats() {
        return lastStats != null ? lastStats : counted();
    }

    private BackendStats counted() {
        return reader.run(connection -> {
            long bytes = H2Rows.number(connection, "select coalesce(sum(octet_length(payload)), 0) from events")
                    + H2Rows.number(connection, "select coalesce(sum(octet_length(payload)), 0) from snapshots")
                    + H2Rows.number(connection, "select coalesce(sum(octet_length(payload)), 0) from states");
            return new BackendStats(storeId, "file", H2Rows.number(connection, "select count(*) from events"),
                    H2Rows.number(connection, "select count(*) from streams"),
                    H2Rows.number(connection, "select count(*) from snapshots"),
                    H2Rows.number(connection, "select count(*) from states where payload is not null"), bytes,
                    Long.MAX_VALUE);
        }).toCompletableFuture().join();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                writer.close();
                lastStats = counted().withChangesRefused(
                        new ChangesRefused(Instant.now(), "store " + storeId + " is closed", true));
                reader.close();
            }
        }
        wakeAll(eventListeners);
        wakeAll(stateListeners);
    }

    /** Each registration is an array of its own, so that equal listeners are told apart. */
    private Registration register(List<Listener[]> listeners, Listener listener) {
        if (closed) {
            throw new StoreClosedException(storeId);
        }
        Listener[] registered = {listener};
        listeners.add(registered);
        return () -> listeners.remove(registered);
    }

    private static void wake(List<Listener[]> listeners, StreamId stream) {
        for (Listener[] registered : listeners) {
            StreamId only = registered[0].stream();
            if (only == null || only.equals(stream)) {
                call(registered[0]);
            }
        }
    }

    /** What a callback throws is no failure of the append. */
    private static void call(Listener listener) {
        try {
            listener.wake().run();
        } catch (Throwable ignored) {
            System.getLogger(H2Backend.class.getName()).log(System.Logger.Level.ERROR, "a callback threw", ignored);
        }
    }

    private static void wakeAll(List<Listener[]> listeners) {
        listeners.forEach(registered -> call(registered[0]));
    }

    private long index(Position after) {
        boolean ours = after.storeId().equals(storeId) && after.partition() == 0 && after.epoch() == 0;
        if (!after.equals(Position.START) && !ours) {
            throw new ForeignPositionException(after, storeId);
        }
        return after.index();
    }

    private static int page(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("a page has 1 entry or more, not " + limit);
        }
        return Math.min(limit, MAX_PAGE);
    }
}
