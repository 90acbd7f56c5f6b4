package dev.allframe.api.testkit.h2;

import static dev.allframe.api.testkit.h2.H2Schema.number;
import static java.util.concurrent.CompletableFuture.failedFuture;

import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.BackendStats;
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
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A store in an H2 database. One session writes, so that positions are given and committed in one order; another reads, and sees in each transaction one
 * state of the database. What must count the appends that were called before it goes through the writing session.
 */
public final class H2Backend implements EventStoreBackend {

    private static final int MOST_RECORD_BYTES = 1 << 20; // of an H2 VARBINARY

    private final int maxRecordBytes;
    private final H2Session writer;
    private final H2Session reader;
    private final String storeId;
    private final String durability;
    private final H2Events events = new H2Events(this::position);
    private final H2States states = new H2States(this::position);
    private final H2Listeners listeners = new H2Listeners();
    private volatile boolean closed;
    private @Nullable BackendStats lastStats;

    private H2Backend(String url, int maxRecordBytes, String durability) {
        this.maxRecordBytes = Math.min(maxRecordBytes, MOST_RECORD_BYTES);
        this.durability = durability;
        writer = new H2Session(url, "h2-writer");
        storeId = writer.now(H2Schema::create);
        reader = new H2Session(url, "h2-reader");
        reader.now(connection -> connection.createStatement()
                .execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SNAPSHOT"));
    }

    /** A new store in memory. */
    public static H2Backend inMemory(int maxRecordBytes) {
        return new H2Backend("jdbc:h2:mem:" + UUID.randomUUID(), maxRecordBytes, "none");
    }

    /** The store in a file, which is made where there is none. */
    public static H2Backend inFile(String path, int maxRecordBytes) {
        return new H2Backend("jdbc:h2:file:" + path, maxRecordBytes, "file");
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        for (Envelope envelope : append.records()) {
            int bytes = envelope.payload().bytes().length;
            if (bytes > maxRecordBytes && !closed) {
                return failedFuture(new RecordTooLargeException(append.stream(), bytes, maxRecordBytes));
            }
        }
        return write(connection -> events.append(connection, append))
                .whenComplete((appended, failure) -> listeners.appended(append.stream(), failure));
    }

    @Override
    public CompletionStage<Void> deleteEventsTo(StreamId stream, long toSequenceNr) {
        return change(connection -> events.deleteTo(connection, stream, toSequenceNr));
    }

    @Override
    public CompletionStage<List<StoredEvent>> getEvents(StreamId stream, long fromSequenceNr, long toSequenceNr,
            int limit) {
        return page(limit,
                (connection, most) -> events.read(connection, stream, fromSequenceNr, toSequenceNr, "ASC", most));
    }

    @Override
    public CompletionStage<List<StoredEvent>> getEventsBackwards(StreamId stream, long fromSequenceNr, int limit) {
        return page(limit, (connection, most) -> events.read(connection, stream, 1, fromSequenceNr, "DESC", most));
    }

    @Override
    public CompletionStage<EventPage> getAllEvents(EventFilter filter, Position after, int limit) {
        return page(limit, (connection, most) -> events.page(connection, filter, own(after), most));
    }

    @Override
    public CompletionStage<Long> highestSequenceNr(StreamId stream) {
        return write(connection -> events.version(connection, stream));
    }

    @Override
    public CompletionStage<Position> lastPosition() {
        return read(events::last);
    }

    @Override
    public CompletionStage<List<StreamId>> getStreams(@Nullable StreamId after, int limit) {
        return page(limit, (connection, most) -> ids(connection, "streams WHERE TRUE", after, most));
    }

    @Override
    public Registration onAppend(Runnable wake) {
        refuseIfClosed();
        return listeners.onAppend(wake);
    }

    @Override
    public Registration onAppend(StreamId stream, Runnable wake) {
        refuseIfClosed();
        return listeners.onAppend(stream, wake);
    }

    @Override
    public CompletionStage<Void> saveSnapshot(Snapshot snapshot) {
        return change(connection -> H2Snapshots.save(connection, snapshot));
    }

    @Override
    public CompletionStage<Optional<Snapshot>> getLatestSnapshot(StreamId stream, SnapshotCriteria criteria) {
        return read(connection -> H2Snapshots.latest(connection, stream, criteria));
    }

    @Override
    public CompletionStage<Void> deleteSnapshots(StreamId stream, SnapshotCriteria criteria) {
        return change(connection -> H2Snapshots.delete(connection, stream, criteria));
    }

    @Override
    public CompletionStage<Optional<DurableState>> getState(StreamId id) {
        return read(connection -> states.get(connection, id));
    }

    @Override
    public CompletionStage<DurableState> upsertState(StreamId id, long revision, Payload payload, String tag) {
        return write(connection -> states.change(connection, id, revision, payload, tag))
                .whenComplete((changed, failure) -> listeners.stateChanged(failure));
    }

    @Override
    public CompletionStage<DurableState> deleteState(StreamId id, long revision) {
        return write(connection -> states.change(connection, id, revision, null, null))
                .whenComplete((changed, failure) -> listeners.stateChanged(failure));
    }

    @Override
    public CompletionStage<DurableStatePage> getStateChanges(Predicate<DurableState> wanted, Position after,
            int limit) {
        return page(limit, (connection, most) -> states.page(connection, wanted, own(after), most));
    }

    @Override
    public CompletionStage<List<StreamId>> getStateIds(@Nullable StreamId after, int limit) {
        return page(limit,
                (connection, most) -> ids(connection, "states WHERE payload IS NOT NULL", after, most));
    }

    @Override
    public Registration onStateChange(Runnable wake) {
        refuseIfClosed();
        return listeners.onStateChange(wake);
    }

    @Override
    public String storeId() {
        return storeId;
    }

    @Override
    public CompletionStage<Void> flush() {
        return change(connection -> {});
    }

    @Override
    public synchronized BackendStats stats() {
        return lastStats != null ? lastStats : reader.call(storeId, this::count).join();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (lastStats == null) {
                closed = true;
                writer.stop();
                reader.stop();
                lastStats = writer.now(this::count);
                reader.disconnect();
                writer.disconnect();
            }
        }
        listeners.wakeAll();
    }

    private BackendStats count(Connection connection) throws SQLException {
        long bytes = number(connection, "SELECT SUM(OCTET_LENGTH(payload)) FROM events")
                + number(connection, "SELECT SUM(OCTET_LENGTH(payload)) FROM snapshots")
                + number(connection, "SELECT SUM(OCTET_LENGTH(payload)) FROM states");
        return new BackendStats(storeId, durability, number(connection, "SELECT COUNT(*) FROM events"),
                number(connection, "SELECT COUNT(*) FROM streams"),
                number(connection, "SELECT COUNT(*) FROM snapshots"),
                number(connection, "SELECT COUNT(*) FROM states WHERE payload IS NOT NULL"), bytes, Long.MAX_VALUE);
    }

    private interface Page<T> {
        T read(Connection connection, int limit) throws SQLException;
    }

    private <T> CompletableFuture<T> page(int limit, Page<T> page) {
        if (limit < 1) {
            return failedFuture(new IllegalArgumentException("a page has 1 entry or more, not " + limit));
        }
        return read(connection -> page.read(connection, Math.min(limit, MAX_PAGE)));
    }

    private <T extends @Nullable Object> CompletableFuture<T> read(H2Session.Work<T> work) {
        return reader.call(storeId, work);
    }

    private <T extends @Nullable Object> CompletableFuture<T> write(H2Session.Work<T> work) {
        return writer.call(storeId, work);
    }

    private interface Change {
        void on(Connection connection) throws SQLException;
    }

    private CompletableFuture<Void> change(Change change) {
        return write(connection -> {
            change.on(connection);
            return connection;
        }).thenAccept(done -> {});
    }

    private static List<StreamId> ids(Connection connection, String table, @Nullable StreamId after, int limit)
            throws SQLException {
        try (PreparedStatement query = connection
                .prepareStatement("SELECT id FROM " + table + " AND id > ? ORDER BY id LIMIT ?")) {
            query.setString(1, after == null ? "" : after.value());
            query.setInt(2, limit);
            List<StreamId> ids = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    ids.add(new StreamId(H2Row.text(rows, "id")));
                }
            }
            return ids;
        }
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new StoreClosedException(storeId);
        }
    }

    /** A position that is unlike those of other stores in all its parts. */
    private Position position(long index) {
        return new Position(storeId, 7, 3, index);
    }

    private Position own(Position position) {
        if (!position.equals(Position.START) && !position.storeId().equals(storeId)) {
            throw new ForeignPositionException(position, storeId);
        }
        return position;
    }
}
