package dev.allframe.journal.memory;

import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The records of one stream: an array without gaps, from the first that is not deleted to the last.
 *
 * <p>Not thread-safe: guarded by the lock of its store.
 */
final class MemoryStream {

    private static final @Nullable StoredEvent[] EMPTY = {};

    /** The id as the first append gave it, shared by all records of the stream. */
    final StreamId id;

    private @Nullable StoredEvent[] events = EMPTY;
    private int size;
    private long version;

    MemoryStream(StreamId id) {
        this.id = id;
    }

    /** The highest sequence number that the stream ever had. */
    long version() {
        return version;
    }

    /** Adds the record whose sequence number is one above the version. */
    void add(StoredEvent event) {
        if (size == events.length) {
            events = Arrays.copyOf(events, size < 4 ? 4 : size + (size >> 1));
        }
        events[size++] = event;
        version = event.sequenceNr();
    }

    /** Records in a range of sequence numbers, both ends included, in ascending order. */
    List<StoredEvent> read(long fromSequenceNr, long toSequenceNr, int limit) {
        long from = Math.max(fromSequenceNr, first());
        long to = Math.min(toSequenceNr, version);
        List<StoredEvent> page = page(to - from + 1, limit);
        for (long sequenceNr = from; sequenceNr <= to && page.size() < limit; sequenceNr++) {
            page.add(at(sequenceNr));
        }
        return page;
    }

    /** Records from a sequence number down, in descending order. */
    List<StoredEvent> readBackwards(long fromSequenceNr, int limit) {
        long from = Math.min(fromSequenceNr, version);
        List<StoredEvent> page = page(from - first() + 1, limit);
        for (long sequenceNr = from; sequenceNr >= first() && page.size() < limit; sequenceNr--) {
            page.add(at(sequenceNr));
        }
        return page;
    }

    /** Deletes the records up to a sequence number, included, and returns them. */
    List<StoredEvent> deleteTo(long toSequenceNr) {
        List<StoredEvent> deleted = read(first(), toSequenceNr, Integer.MAX_VALUE);
        events = deleted.size() == size ? EMPTY : Arrays.copyOfRange(events, deleted.size(), size);
        size -= deleted.size();
        return deleted;
    }

    private long first() {
        return version - size + 1;
    }

    private StoredEvent at(long sequenceNr) {
        return Objects.requireNonNull(events[(int) (sequenceNr - first())]); // inside size every slot is filled
    }

    private static List<StoredEvent> page(long found, int limit) {
        return new ArrayList<>((int) Math.clamp(found, 0L, limit));
    }
}
