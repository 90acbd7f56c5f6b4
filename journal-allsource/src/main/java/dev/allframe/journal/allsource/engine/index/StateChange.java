package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsAppended;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsDeleted;
import dev.allframe.journal.allsource.engine.log.LogEntry.SnapshotSaved;
import dev.allframe.journal.allsource.engine.log.LogEntry.SnapshotsDeleted;
import dev.allframe.journal.allsource.engine.log.LogEntry.StateChanged;
import dev.allframe.store.DurableState;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What entries of the log change, gathered for one batch, and the counters behind them. Not thread-safe. */
final class StateChange {

    private final String storeId;
    private final Pending pending;
    private final StoredTypes types;
    private final Set<StoredType> newTypes = new HashSet<>();
    private long appliedLsn;
    private long deletedEvents;
    private long snapshots;
    private long snapshotBytes;
    private long liveStates;
    private long stateBytes;
    private long lastChange;

    StateChange(String storeId, Pending pending, StoredTypes types, StateCounters before) {
        this.storeId = storeId;
        this.pending = pending;
        this.types = types;
        this.appliedLsn = before.appliedLsn();
        this.deletedEvents = before.deletedEvents();
        this.snapshots = before.snapshots();
        this.snapshotBytes = before.snapshotBytes();
        this.liveStates = before.liveStates();
        this.stateBytes = before.stateBytes();
        this.lastChange = before.lastChange();
    }

    StateCounters counters() {
        return new StateCounters(appliedLsn, deletedEvents, snapshots, snapshotBytes, liveStates, stateBytes,
                lastChange);
    }

    /** Types that were not stored before. */
    Set<StoredType> newTypes() {
        return newTypes;
    }

    void apply(long lsn, @Nullable LogEntry entry) {
        switch (entry) {
            case EventsAppended appended -> addTypes(types.unknown(appended));
            case EventsDeleted(StreamId stream, long toSequenceNr) -> deleteEvents(stream, toSequenceNr);
            case SnapshotSaved(Snapshot snapshot) -> save(snapshot);
            case SnapshotsDeleted deleted -> deleteSnapshots(deleted);
            case StateChanged(DurableState state) -> change(state);
            case null -> {
                // a number without an entry
            }
        }
        appliedLsn = lsn;
    }

    private void addTypes(Set<StoredType> unknown) {
        for (StoredType type : unknown) {
            if (newTypes.add(type)) {
                pending.put(Table.TYPES, StateFormat.typeKey(type), StateFormat.type());
            }
        }
    }

    private void deleteEvents(StreamId stream, long toSequenceNr) {
        byte[] key = Keys.of(stream);
        byte[] value = pending.get(Table.DELETED, key);
        long before = value == null ? 0 : StateFormat.deletedTo(value);
        if (toSequenceNr > before) {
            pending.put(Table.DELETED, key, StateFormat.deletedTo(toSequenceNr));
            deletedEvents += toSequenceNr - before;
        }
    }

    private void save(Snapshot snapshot) {
        byte[] key = StateFormat.snapshotKey(Keys.of(snapshot.stream()), snapshot.sequenceNr());
        byte[] replaced = pending.get(Table.SNAPSHOTS, key);
        if (replaced != null) {
            forget(StateFormat.snapshot(key, replaced));
        }
        pending.put(Table.SNAPSHOTS, key, StateFormat.snapshot(snapshot));
        snapshots++;
        snapshotBytes += snapshot.payload().bytes().length;
    }

    private void deleteSnapshots(SnapshotsDeleted meant) {
        byte[] stream = Keys.of(meant.stream());
        byte[] last = StateFormat.snapshotKey(stream, meant.maxSequenceNr());
        pending.forEach(Table.SNAPSHOTS, StateFormat.snapshotKey(stream, meant.minSequenceNr()),
                Arrays.copyOf(last, last.length + 1), (key, value) -> {
                    Snapshot snapshot = StateFormat.snapshot(key, value);
                    long millis = snapshot.timestamp().toEpochMilli();
                    if (meant.minEpochMillis() <= millis && millis <= meant.maxEpochMillis()) {
                        pending.delete(Table.SNAPSHOTS, key);
                        forget(snapshot);
                    }
                });
    }

    private void forget(Snapshot snapshot) {
        snapshots--;
        snapshotBytes -= snapshot.payload().bytes().length;
    }

    private void change(DurableState state) {
        byte[] key = Keys.of(state.id());
        byte[] value = pending.get(Table.STATES, key);
        if (value != null) {
            DurableState before = StateFormat.state(state.id(), value, storeId);
            pending.delete(Table.CHANGES, Keys.ofUnsigned(before.position().index()));
            count(before, -1);
        }
        pending.put(Table.STATES, key, StateFormat.state(state));
        pending.put(Table.CHANGES, Keys.ofUnsigned(state.position().index()), StateFormat.change(state.id()));
        count(state, 1);
        lastChange = state.position().index();
    }

    private void count(DurableState state, int sign) {
        Payload payload = state.payload();
        if (payload != null) {
            liveStates += sign;
            stateBytes += (long) sign * payload.bytes().length;
        }
    }
}
