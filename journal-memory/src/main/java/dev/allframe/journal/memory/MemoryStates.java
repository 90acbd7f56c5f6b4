package dev.allframe.journal.memory;

import dev.allframe.store.DurableState;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import dev.allframe.store.spi.PageBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The last change of each durable state, by id and in the order of changes. Not thread-safe: guarded by the lock of its
 * store.
 */
final class MemoryStates {

    private final String storeId;
    private final Map<StreamId, DurableState> byId = new HashMap<>();
    private final TreeMap<Long, DurableState> byIndex = new TreeMap<>();
    private final NavigableSet<StreamId> withValue = new TreeSet<>();
    private long lastIndex;
    private long bytes;

    MemoryStates(String storeId) {
        this.storeId = storeId;
    }

    /** The number of states that are not deleted. */
    long count() {
        return withValue.size();
    }

    long bytes() {
        return bytes;
    }

    Optional<DurableState> get(StreamId id) {
        return Optional.ofNullable(byId.get(id));
    }

    /**
     * Changes a state.
     *
     * @param payload the value; null deletes
     * @param tag null keeps the tag that the state has
     * @throws VersionConflictException if the revision is not one more than the last
     */
    DurableState change(StreamId id, long revision, @Nullable Payload payload, @Nullable String tag) {
        DurableState last = byId.get(id);
        long lastRevision = last == null ? 0 : last.revision();
        if (revision != lastRevision + 1) {
            throw new VersionConflictException(id, ExpectedVersion.exactly(Math.max(0, revision - 1)), lastRevision);
        }
        Position position = new Position(storeId, 0, 0, ++lastIndex);
        String kept = last == null ? "" : last.tag();
        DurableState changed = new DurableState(id, revision, position, Instant.now().truncatedTo(ChronoUnit.MILLIS),
                payload, tag == null ? kept : tag);
        if (last != null) {
            byIndex.remove(last.position().index());
            bytes -= bytes(last);
        }
        byId.put(id, changed);
        byIndex.put(lastIndex, changed);
        bytes += bytes(changed);
        if (changed.deleted()) {
            withValue.remove(id);
        } else {
            withValue.add(id);
        }
        return changed;
    }

    /** A page of changes behind an index, in order. */
    List<DurableState> changesAfter(long index, int limit) {
        PageBuilder<DurableState> page = PageBuilder.ofStates(limit);
        for (DurableState change : byIndex.tailMap(index, false).values()) {
            if (page.isFull()) {
                break;
            }
            page.add(change);
        }
        return page.elements();
    }

    boolean hasChangesAfter(long index) {
        return lastIndex > index;
    }

    NavigableSet<StreamId> ids() {
        return withValue;
    }

    private static long bytes(DurableState state) {
        Payload payload = state.payload();
        return payload == null ? 0 : payload.bytes().length;
    }
}
