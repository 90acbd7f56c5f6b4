package dev.allframe.journal.allsource.engine;

import dev.allframe.store.Append;
import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a store should hold: a plain one, in memory, for few events. */
public final class Model {

    /** The ids that operations use, of streams, snapshots and states. One is the beginning of another. */
    static final List<StreamId> IDS = List.of(new StreamId("account|1"), new StreamId("account|10"),
            new StreamId("account|2"), new StreamId("order|ä\u0000b"), new StreamId("plain"));

    /** The tag that some events have. */
    static final String TAG = "red";

    /** The time of the store's clock. */
    public static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);

    private final List<Row> rows = new ArrayList<>();
    private final Map<StreamId, Long> versions = new HashMap<>();
    private final Map<StreamId, Long> deletedTo = new HashMap<>();
    private final Map<StreamId, TreeMap<Long, Snapshot>> snapshots = new HashMap<>();
    private final Map<StreamId, State> states = new HashMap<>();
    private long changes;

    private record Row(StreamId stream, long sequenceNr, String writer, Envelope envelope) {}

    private record State(long revision, long change, @Nullable Payload payload, String tag) {}

    Model copy() {
        Model copy = new Model();
        copy.rows.addAll(rows);
        copy.versions.putAll(versions);
        copy.deletedTo.putAll(deletedTo);
        snapshots.forEach((id, saved) -> copy.snapshots.put(id, new TreeMap<>(saved)));
        copy.states.putAll(states);
        copy.changes = changes;
        return copy;
    }

    long version(StreamId id) {
        return versions.getOrDefault(id, 0L);
    }

    long revision(StreamId id) {
        State state = states.get(id);
        return state == null ? 0 : state.revision;
    }

    long lastPosition() {
        return rows.size();
    }

    /** Does it, unless it is to be refused. */
    boolean accepts(Operation operation) {
        return switch (operation) {
            case Operation.AppendEvents(Append append) -> append(append);
            case Operation.DeleteEvents(StreamId stream, long to) -> {
                deletedTo.merge(stream, Math.min(to, version(stream)), Math::max);
                yield true;
            }
            case Operation.SaveSnapshot(Snapshot snapshot) -> {
                snapshots.computeIfAbsent(snapshot.stream(), first -> new TreeMap<>())
                        .put(snapshot.sequenceNr(), snapshot);
                yield true;
            }
            case Operation.DeleteSnapshots(StreamId stream, var criteria) -> {
                snapshots.getOrDefault(stream, new TreeMap<>()).values().removeIf(criteria::matches);
                yield true;
            }
            case Operation.ChangeState change -> change(change);
            case Operation.Flush flush -> true;
        };
    }

    private boolean append(Append append) {
        long version = version(append.stream());
        if (!append.expected().accepts(version)) {
            return false;
        }
        for (Envelope record : append.records()) {
            rows.add(new Row(append.stream(), ++version, append.writer(), record));
        }
        versions.put(append.stream(), version);
        return true;
    }

    private boolean change(Operation.ChangeState change) {
        State last = states.get(change.id());
        if (change.revision() != revision(change.id()) + 1) {
            return false;
        }
        String tag = change.payload() != null ? change.tag() : last == null ? "" : last.tag;
        states.put(change.id(), new State(change.revision(), ++changes, change.payload(), tag));
        return true;
    }

    /** What a store with these contents answers. */
    Picture picture(String storeId) {
        List<StoredEvent> events = new ArrayList<>();
        Map<StreamId, List<StoredEvent>> streams = new TreeMap<>();
        versions.keySet().forEach(id -> streams.put(id, new ArrayList<>()));
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            if (row.sequenceNr > deletedTo.getOrDefault(row.stream, 0L)) {
                StoredEvent event = new StoredEvent(row.stream, row.sequenceNr, position(storeId, i + 1), row.writer,
                        row.envelope);
                events.add(event);
                streams.computeIfAbsent(row.stream, first -> new ArrayList<>()).add(event);
            }
        }
        List<StoredEvent> tagged = events.stream().filter(event -> event.envelope().tags().contains(TAG)).toList();
        Map<StreamId, List<Snapshot>> saved = new TreeMap<>();
        IDS.forEach(id -> saved.put(id,
                List.copyOf(snapshots.getOrDefault(id, new TreeMap<>()).descendingMap().values())));
        List<DurableState> last = new ArrayList<>();
        states.forEach((id, state) -> last.add(new DurableState(id, state.revision, position(storeId, state.change),
                NOW, state.payload, state.tag)));
        last.sort(Comparator.comparing(DurableState::position));
        List<StreamId> withValue = last.stream()
                .filter(state -> !state.deleted())
                .map(DurableState::id)
                .sorted()
                .toList();
        return new Picture(events, tagged, streams, new TreeMap<>(versions), saved, last, withValue,
                position(storeId, rows.size()));
    }

    private static Position position(String storeId, long index) {
        return index == 0 ? Position.START : new Position(storeId, 0, 0, index);
    }
}
