package dev.allframe.journal.memory;

import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.spi.PageBuilder;
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

    /** Adds records in a range of sequence numbers, both ends included, in ascending order, to a page. */
    void read(long fromSequenceNr, long toSequenceNr, PageBuilder<StoredEvent> page) {
        long from = Math.max(fromSequenceNr, first());
        long to = Math.min(toSequenceNr, version);
        for (long sequenceNr = from; sequenceNr <= to && !page.isFull(); sequenceNr++) {
            page.add(at(sequenceNr));
        }
    }

    /** Adds records from a sequence number down, in descending order, to a page. */
    void readBackwards(long fromSequenceNr, PageBuilder<StoredEvent> page) {
        long from = Math.min(fromSequenceNr, version);
        for (long sequenceNr = from; sequenceNr >= first() && !page.isFull(); sequenceNr--) {
            page.add(at(sequenceNr));
        }
    }

    /** Deletes the records up to a sequence number, included, and returns them. */
    List<StoredEvent> deleteTo(long toSequenceNr) {
        long to = Math.min(toSequenceNr, version);
        List<StoredEvent> deleted = new ArrayList<>();
        for (long sequenceNr = first(); sequenceNr <= to; sequenceNr++) {
            deleted.add(at(sequenceNr));
        }
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
}
