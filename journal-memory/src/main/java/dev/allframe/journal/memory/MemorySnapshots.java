package dev.allframe.journal.memory;

import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StreamId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The snapshots of all streams by sequence number. Not thread-safe: guarded by the lock of its store. */
final class MemorySnapshots {

    private final Map<StreamId, TreeMap<Long, Snapshot>> byStream = new HashMap<>();
    private long count;
    private long bytes;

    long count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    void save(Snapshot snapshot) {
        Snapshot replaced = byStream.computeIfAbsent(snapshot.stream(), id -> new TreeMap<>())
                .put(snapshot.sequenceNr(), snapshot);
        count++;
        bytes += bytes(snapshot);
        if (replaced != null) {
            forget(replaced);
        }
    }

    Optional<Snapshot> latest(StreamId stream, SnapshotCriteria criteria) {
        TreeMap<Long, Snapshot> snapshots = byStream.get(stream);
        if (snapshots == null) {
            return Optional.empty();
        }
        return snapshots.headMap(criteria.maxSequenceNr(), true)
                .descendingMap()
                .values()
                .stream()
                .filter(criteria::matches)
                .findFirst();
    }

    void delete(StreamId stream, SnapshotCriteria criteria) {
        TreeMap<Long, Snapshot> snapshots = byStream.get(stream);
        if (snapshots == null) {
            return;
        }
        snapshots.values().removeIf(snapshot -> {
            boolean meant = criteria.matches(snapshot);
            if (meant) {
                forget(snapshot);
            }
            return meant;
        });
        if (snapshots.isEmpty()) {
            byStream.remove(stream);
        }
    }

    private void forget(Snapshot snapshot) {
        count--;
        bytes -= bytes(snapshot);
    }

    private static long bytes(Snapshot snapshot) {
        return snapshot.payload().bytes().length;
    }
}
