package dev.allframe.journal.allsource.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsAppended;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsDeleted;
import dev.allframe.journal.allsource.engine.log.LogEntry.SnapshotSaved;
import dev.allframe.journal.allsource.engine.log.LogEntry.SnapshotsDeleted;
import dev.allframe.journal.allsource.engine.log.LogEntry.StateChanged;
import dev.allframe.store.DurableState;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a log makes, in plain maps. */
final class StateModel {

    private final TreeMap<StreamId, TreeMap<Long, Snapshot>> snapshots = new TreeMap<>();
    private final TreeMap<StreamId, DurableState> states = new TreeMap<>();
    private final TreeMap<StreamId, Long> deleted = new TreeMap<>();
    private final Set<StoredType> types = new HashSet<>();
    private long lastChange;

    static StateModel of(List<@Nullable LogEntry> log) {
        StateModel model = new StateModel();
        log.forEach(model::apply);
        return model;
    }

    private void apply(@Nullable LogEntry entry) {
        switch (entry) {
            case EventsAppended appended -> appended.records()
                    .forEach(record -> types.add(new StoredType(appended.stream().entityType(), record.eventType(),
                            record.eventVersion())));
            case EventsDeleted(StreamId stream, long to) -> {
                if (to > 0) {
                    deleted.merge(stream, to, Math::max);
                }
            }
            case SnapshotSaved(Snapshot snapshot) -> snapshots
                    .computeIfAbsent(snapshot.stream(), absent -> new TreeMap<>())
                    .put(snapshot.sequenceNr(), snapshot);
            case SnapshotsDeleted meant -> snapshots.getOrDefault(meant.stream(), new TreeMap<>())
                    .subMap(meant.minSequenceNr(), true, meant.maxSequenceNr(), true)
                    .values()
                    .removeIf(snapshot -> snapshot.timestamp().toEpochMilli() >= meant.minEpochMillis()
                            && snapshot.timestamp().toEpochMilli() <= meant.maxEpochMillis());
            case StateChanged(DurableState state) -> {
                states.put(state.id(), state);
                lastChange = state.position().index();
            }
            case null -> {
            }
        }
    }

    void check(StateStore state) {
        long count = 0;
        long bytes = 0;
        for (StreamId stream : snapshots.keySet()) {
            List<Snapshot> expected = List.copyOf(
                    snapshots.getOrDefault(stream, new TreeMap<>()).descendingMap().values());
            assertThat(state.snapshots(stream, SnapshotCriteria.all(), 100)).isEqualTo(expected);
            count += expected.size();
            bytes += expected.stream().mapToLong(snapshot -> snapshot.payload().bytes().length).sum();
        }
        List<DurableState> changes = states.values()
                .stream()
                .sorted(Comparator.comparingLong(change -> change.position().index()))
                .toList();
        assertThat(state.changesAfter(0, 100).changes()).isEqualTo(changes);
        List<DurableState> live = states.values().stream().filter(change -> !change.deleted()).toList();
        assertThat(state.stateIds(null, 100)).isEqualTo(live.stream().map(DurableState::id).toList());
        long stateBytes = 0;
        for (DurableState change : live) {
            Payload payload = change.payload();
            stateBytes += payload == null ? 0 : payload.bytes().length;
        }
        deleted.forEach((stream, to) -> assertThat(state.deletedTo(stream)).isEqualTo(to));
        long deletedEvents = deleted.values().stream().mapToLong(Long::longValue).sum();
        assertThat(state.types()).containsExactlyInAnyOrderElementsOf(types);
        assertThat(state.counters()).isEqualTo(new StateCounters(state.appliedLsn(), deletedEvents, count, bytes,
                live.size(), stateBytes, lastChange));
    }
}
