package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.tables.Batch;
import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.journal.allsource.tables.KeyValuesStats;
import dev.allframe.journal.allsource.tables.TablesView;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.DurableState;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import dev.allframe.store.spi.PageBuilder;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the log says beside events and stands in no segment: snapshots, durable states, deletes, and the types that were
 * ever stored. Nothing of it can be computed again once the log is cut: what fails its checksum is refused. The format
 * is in {@link StateFormat}.
 *
 * <p>Entries are readable when {@link #apply} returns, and on disk after a later {@link #flush}. A crash leaves what
 * the first so many entries make, at least those before the last flush; {@link #appliedLsn()} says how many, and
 * whoever opens the store applies the log's from there.
 *
 * <h2>Threads</h2> Any thread reads, one applies, and any flushes. Each call reads one moment.
 *
 * <h2>Errors</h2> {@link CorruptStoreException}, {@link dev.allframe.store.UnsupportedFormatException},
 * {@link dev.allframe.store.StoreFullException} and {@link dev.allframe.store.StoreFailedException}, as they say.
 */
public final class StateStore implements AutoCloseable {

    private final KeyValues entries;
    private final String storeId;
    /** Held by the one that flushes; taken before this object's monitor. */
    private final Object flushing = new Object();
    private final StoredTypes types = new StoredTypes(); // of the writer
    private final SnapshotTypes snapshotTypes;
    private volatile StateCounters counters;
    private long writtenLsn; // what the table says; guarded by this object's monitor

    private StateStore(KeyValues entries, String storeId) {
        this.entries = entries;
        this.storeId = storeId;
        byte[] value = entries.get(Table.META, StateFormat.COUNTERS);
        this.counters = value == null ? StateCounters.ZERO : StateFormat.counters(value);
        this.writtenLsn = counters.appliedLsn();
        types().forEach(types::add);
        this.snapshotTypes = new SnapshotTypes(entries);
    }

    /**
     * Opens a state, which may be empty. The state closes the tables.
     *
     * @param entries the tables {@link Table#STATE}, just opened
     * @param storeId the event store; that of another is refused
     */
    public static StateStore open(KeyValues entries, String storeId) {
        new StoreHeader("state", storeId).check(entries, Table.STATE);
        return new StateStore(entries, storeId);
    }

    /**
     * Applies entries of the log, all or none. What was applied before is skipped, so that applying anything again
     * changes nothing. Entries that change nothing here, such as events of known types, write nothing.
     *
     * @param log in ascending order
     * @throws CorruptStoreException if entries are missing before the first that was not applied
     */
    public synchronized void apply(List<AppliedEntry> log) {
        StateCounters before = counters;
        Pending pending = new Pending(entries);
        StateChange change = new StateChange(storeId, pending, types, before);
        long last = before.appliedLsn();
        for (AppliedEntry applied : log) {
            if (applied.lsn() > last) {
                if (applied.lsn() != last + 1) {
                    throw new CorruptStoreException("the state of store " + storeId + " has applied entry " + last
                            + " of the log, and gets entry " + applied.lsn() + " next");
                }
                if (applied.entry() instanceof LogEntry.SnapshotSaved(Snapshot snapshot)) {
                    snapshotTypes.add(snapshot.stream());
                }
                change.apply(applied.lsn(), applied.entry());
                last = applied.lsn();
            }
        }
        StateCounters after = change.counters();
        if (!pending.isEmpty()) {
            pending.put(Table.META, StateFormat.COUNTERS, StateFormat.counters(after));
            entries.write(pending.toBatch());
            writtenLsn = last;
            change.newTypes().forEach(types::add);
        }
        counters = after;
    }

    /** The last applied entry of the log; 0 for none. */
    public long appliedLsn() {
        return counters.appliedLsn();
    }

    /** Makes everything applied durable. */
    public void flush() {
        synchronized (flushing) {
            writeCounters();
            entries.flush();
        }
    }

    private synchronized void writeCounters() {
        StateCounters now = counters;
        if (writtenLsn < now.appliedLsn()) {
            entries.write(new Batch().put(Table.META, StateFormat.COUNTERS, StateFormat.counters(now)));
            writtenLsn = now.appliedLsn();
        }
    }

    /** What the state holds; correct for one moment. */
    public StateCounters counters() {
        return counters;
    }

    /**
     * Up to which sequence number a stream's events are deleted, included; 0 where none is. Costs nothing while no
     * event was ever deleted.
     */
    public long deletedTo(StreamId stream) {
        if (counters.deletedEvents() == 0) {
            return 0;
        }
        byte[] value = entries.get(Table.DELETED, Keys.of(stream));
        return value == null ? 0 : StateFormat.deletedTo(value);
    }

    /** Calls for each stream of which events were deleted, in order, with the last deleted sequence number. */
    public void forEachDeleted(ObjLongConsumer<StreamId> visitor) {
        try (Cursor cursor = entries.cursor(Table.DELETED, KeyRange.all())) {
            while (cursor.next()) {
                visitor.accept(Values.readKey(Table.DELETED, cursor.key(), Keys.Reader::stream),
                        StateFormat.deletedTo(cursor.value()));
            }
        }
    }

    /**
     * Whether a stream may have a snapshot, as another of its entity type has or had one. Costs nothing.
     */
    public boolean mayHaveSnapshot(StreamId stream) {
        return snapshotTypes.mayHave(stream);
    }

    /** The snapshot with the highest sequence number among those meant. */
    public Optional<Snapshot> latestSnapshot(StreamId stream, SnapshotCriteria criteria) {
        return snapshots(stream, criteria, 1).stream().findFirst();
    }

    /** Snapshots that are meant, the highest sequence number first. */
    public List<Snapshot> snapshots(StreamId stream, SnapshotCriteria criteria, int limit) {
        List<Snapshot> found = new ArrayList<>();
        byte[] id = Keys.of(stream);
        byte[] last = StateFormat.snapshotKey(id, criteria.maxSequenceNr());
        KeyRange range = KeyRange.between(StateFormat.snapshotKey(id, criteria.minSequenceNr()),
                Arrays.copyOf(last, last.length + 1));
        try (Cursor cursor = entries.cursorBackwards(Table.SNAPSHOTS, range)) {
            while (found.size() < limit && cursor.next()) {
                Snapshot snapshot = StateFormat.snapshot(cursor.key(), cursor.value());
                if (criteria.matches(snapshot)) {
                    found.add(snapshot);
                }
            }
        }
        return found;
    }

    /** Calls for each snapshot that is kept, by stream and sequence number. */
    public void forEachSnapshot(Consumer<Snapshot> visitor) {
        try (Cursor cursor = entries.cursor(Table.SNAPSHOTS, KeyRange.all())) {
            while (cursor.next()) {
                visitor.accept(StateFormat.snapshot(cursor.key(), cursor.value()));
            }
        }
    }

    /** The last change of a durable state, also where it was a delete. */
    public Optional<DurableState> state(StreamId id) {
        byte[] value = entries.get(Table.STATES, Keys.of(id));
        return value == null ? Optional.empty() : Optional.of(StateFormat.state(id, value, storeId));
    }

    /**
     * Changes of durable states in their order, of each the last alone.
     *
     * @param change where to begin, not included; 0 for the beginning
     * @param limit how many at most
     */
    public StateChanges changesAfter(long change, int limit) {
        PageBuilder<DurableState> found = PageBuilder.ofStates(limit);
        KeyRange range = KeyRange.after(Keys.ofUnsigned(Math.max(0, change)));
        try (TablesView view = entries.view(); Cursor cursor = view.cursor(Table.CHANGES, range)) {
            while (cursor.next()) {
                if (found.isFull()) {
                    return new StateChanges(found.elements(), false);
                }
                StreamId id = StateFormat.changeId(cursor.value());
                byte[] value = view.get(Table.STATES, Keys.of(id));
                if (value == null) {
                    throw new CorruptStoreException("the change of state " + id + " is there, and not the state");
                }
                found.add(StateFormat.state(id, value, storeId));
            }
        }
        return new StateChanges(found.elements(), true);
    }

    /**
     * The ids of durable states that have a value, in the order of {@link StreamId#compareTo}.
     *
     * @param after where to begin, not included, whether or not it exists; null for the beginning
     * @param limit how many at most
     */
    public List<StreamId> stateIds(@Nullable StreamId after, int limit) {
        PageBuilder<StreamId> page = PageBuilder.ofIds(limit);
        KeyRange range = after == null ? KeyRange.all() : KeyRange.after(Keys.of(after));
        try (Cursor cursor = entries.cursor(Table.STATES, range)) {
            while (!page.isFull() && cursor.next()) {
                StreamId id = Values.readKey(Table.STATES, cursor.key(), Keys.Reader::stream);
                if (!StateFormat.state(id, cursor.value(), storeId).deleted()) {
                    page.add(id);
                }
            }
        }
        return page.elements();
    }

    /** Every type of events that was ever stored, in order. Records without an event have none. */
    public List<StoredType> types() {
        List<StoredType> found = new ArrayList<>();
        try (Cursor cursor = entries.cursor(Table.TYPES, KeyRange.all())) {
            while (cursor.next()) {
                found.add(StateFormat.type(cursor.key(), cursor.value()));
            }
        }
        return found;
    }

    /** As {@link KeyValues#checkpoint}, with everything applied. */
    public void checkpoint(Path directory) {
        flush();
        entries.checkpoint(directory);
    }

    /** As {@link KeyValues#verify}. */
    public void verify() {
        entries.verify();
    }

    /** What it takes. */
    public KeyValuesStats stats() {
        return entries.stats();
    }

    /** Closes the tables; flushes nothing. */
    @Override
    public void close() {
        entries.close();
    }
}
