package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest events, which no segment has yet, in position order and by stream.
 *
 * <p>One thread, the partition's, adds; any thread reads, without a lock. An append is published to its stream first
 * and to the order of positions after it, so that who was told of a position finds its event in its stream. Positions
 * are dense: the event at {@code firstPosition + i} is the i-th.
 */
public final class TailSegment {

    /** The position of its first event, if it ever gets one. */
    public final long firstPosition;

    private final ConcurrentMap<StreamId, TailStream> streams = new ConcurrentHashMap<>();
    private @Nullable StoredEvent[] events = new StoredEvent[1024];
    private int written; // by the partition's thread alone
    private long bytes; // likewise
    private volatile int size;

    /**
     * The last entry of the log that belongs here, once no more are added; set before the segment is given to the
     * sealer.
     */
    private volatile long lastLsn;

    TailSegment(long firstPosition) {
        this.firstPosition = firstPosition;
    }

    /** The stream's part of this segment; null where it has none. */
    @Nullable TailStream stream(StreamId id) {
        return streams.get(id);
    }

    /** Adds a part for a stream, empty yet. */
    TailStream add(StreamId id, long base) {
        TailStream stream = new TailStream(id, base);
        streams.put(id, stream);
        return stream;
    }

    /**
     * Adds the records of one append and publishes them to their stream; {@link #publish} publishes them in position
     * order.
     */
    void add(TailStream stream, List<StoredEvent> added) {
        if (written + added.size() > events.length) {
            events = Grow.copy(events, written + added.size());
        }
        for (StoredEvent event : added) {
            events[written++] = event;
        }
        stream.publish(added);
    }

    /** Publishes everything added, in position order. */
    void publish() {
        size = written;
    }

    /** An entry that belongs here, with events or without, had so many bytes in the log. */
    void grew(int more) {
        bytes += more;
    }

    /** Whether it is to be ended, by the number of its events and the bytes of its entries, published or not. */
    public boolean isFull(TailLimits limits) {
        return written >= limits.events() || bytes >= limits.bytes();
    }

    /** The position behind its last event, published or not. */
    long nextPosition() {
        return firstPosition + written;
    }

    /** Whether it has no event, published or not. */
    public boolean isEmpty() {
        return written == 0;
    }

    /** How many are published. */
    int size() {
        return size;
    }

    /** The position of the last published event, one below {@link #firstPosition} where there is none. */
    public long lastPosition() {
        return firstPosition + size - 1;
    }

    /** Adds the published events behind a position to a list, at most so many. */
    public void copyAfter(long position, int most, List<StoredEvent> to) {
        int count = size;
        @Nullable StoredEvent[] array = events;
        int from = (int) Math.max(position + 1 - firstPosition, 0);
        int until = (int) Math.min(count, (long) from + most);
        for (int i = from; i < until; i++) {
            to.add(Grow.filled(array, i));
        }
    }

    /** Adds the ids behind one of the streams that have a published event to a set. */
    void streamsAfter(@Nullable StreamId after, Set<StreamId> to) {
        for (TailStream stream : streams.values()) {
            if (stream.size() > 0 && (after == null || stream.id.compareTo(after) > 0)) {
                to.add(stream.id);
            }
        }
    }

    /** All published events, in position order. */
    public List<StoredEvent> all() {
        List<StoredEvent> all = new ArrayList<>(size);
        copyAfter(firstPosition - 1, Integer.MAX_VALUE, all);
        return all;
    }

    public long lastLsn() {
        return lastLsn;
    }

    void end(long lsn) {
        lastLsn = lsn;
    }
}
