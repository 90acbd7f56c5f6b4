package dev.allframe.journal.memory;

import dev.allframe.store.StoredEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All records in position order, found by the index of their position. A deleted record leaves a hole; a chunk of holes
 * is given back.
 *
 * <p>Not thread-safe: guarded by the lock of its store.
 */
final class EventLog {

    /** Records in one array: growing copies nothing, and a deleted piece of the log frees its memory. */
    private static final int CHUNK = 1024;

    private final List<@Nullable Chunk> chunks = new ArrayList<>();
    private long lastIndex;
    private long live;

    /** The index of the last record, counted from 1; 0 before the first. Deletes do not change it. */
    long lastIndex() {
        return lastIndex;
    }

    /** The number of records that are not deleted. */
    long live() {
        return live;
    }

    /** Adds a record, whose position must be one behind the last. */
    void add(StoredEvent event) {
        int slot = (int) (lastIndex % CHUNK);
        if (slot == 0) {
            chunks.add(new Chunk());
        }
        Chunk chunk = chunks.getLast();
        if (chunk == null) { // all that it held was deleted
            chunk = new Chunk();
            chunks.set(chunks.size() - 1, chunk);
        }
        chunk.events[slot] = event;
        chunk.live++;
        lastIndex++;
        live++;
    }

    /** Deletes the record at an index, which must be there. */
    void delete(long index) {
        int at = (int) ((index - 1) / CHUNK);
        Chunk chunk = chunks.get(at);
        if (chunk != null) {
            chunk.events[(int) ((index - 1) % CHUNK)] = null;
            live--;
            if (--chunk.live == 0) {
                chunks.set(at, null);
            }
        }
    }

    /**
     * Copies records that follow an index, up to the end of a chunk.
     *
     * @param target where the records are added
     * @return the last index that was looked at
     */
    long copyAfter(long index, List<StoredEvent> target) {
        int at = (int) (index / CHUNK);
        Chunk chunk = chunks.get(at);
        long end = Math.min(lastIndex, (at + 1L) * CHUNK);
        if (chunk != null) {
            int to = (int) (end - at * (long) CHUNK);
            for (int slot = (int) (index % CHUNK); slot < to; slot++) {
                StoredEvent event = chunk.events[slot];
                if (event != null) {
                    target.add(event);
                }
            }
        }
        return end;
    }

    private static final class Chunk {
        private final @Nullable StoredEvent[] events = new StoredEvent[CHUNK];
        private int live;
    }
}
