package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.spi.PageBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one stream that one tail segment holds: without a gap, from the number after {@link #base} on.
 *
 * <p>One thread, the partition's, adds and publishes; any thread reads what is published, without a lock. Publishing is
 * the write of {@code size}, which comes after the writes of the array and its slots.
 */
public final class TailStream {

    /** The id as the first append gave it, shared by all its events. */
    final StreamId id;

    /** The version that the stream had before this segment. */
    public final long base;

    private @Nullable StoredEvent[] events = new StoredEvent[2];
    private volatile int size;

    TailStream(StreamId id, long base) {
        this.id = id;
        this.base = base;
    }

    /** Adds and publishes the records of one append, together. */
    void publish(List<StoredEvent> added) {
        int count = size;
        @Nullable StoredEvent[] array = events;
        if (count + added.size() > array.length) {
            array = Grow.copy(array, count + added.size());
            events = array;
        }
        for (StoredEvent event : added) {
            array[count++] = event;
        }
        size = count;
    }

    /** How many are published. */
    int size() {
        return size;
    }

    /** The version of the stream with what is published. */
    public long version() {
        return base + size;
    }

    /** Adds those with numbers in a range, both ends included, in ascending order, to a page until it is full. */
    public void read(long fromSequenceNr, long toSequenceNr, PageBuilder<StoredEvent> page) {
        int count = size; // before the array: the array has at least as many slots
        @Nullable StoredEvent[] array = events;
        long first = Math.max(fromSequenceNr - base - 1, 0);
        long last = Math.min(toSequenceNr - base, count);
        for (long i = first; i < last && !page.isFull(); i++) {
            page.add(Grow.filled(array, (int) i));
        }
    }

    /** Adds those with numbers from one down to another, both included, in descending order, until the page is full. */
    public void readBackwards(long fromSequenceNr, long downToSequenceNr, PageBuilder<StoredEvent> page) {
        int count = size;
        @Nullable StoredEvent[] array = events;
        long first = Math.min(fromSequenceNr - base, count) - 1;
        long last = Math.max(downToSequenceNr - base - 1, 0);
        for (long i = first; i >= last && !page.isFull(); i--) {
            page.add(Grow.filled(array, (int) i));
        }
    }
}
