package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.store.BackendStats;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.DurableState;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.spi.PageBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a store holds: the view of its events, the index of the sealed ones, and the state.
 *
 * <h2>Threads</h2> The partition's thread applies entries, by its {@link Applier}, and ends tail segments, the sealer's
 * replaces them by sealed segments, the compactor's replaces those. They change the view under this object's monitor,
 * for a moment. Everyone reads, without a lock.
 */
public final class Contents implements Applier.Events {

    private final String storeId;
    private final StreamIndex index;
    private final StateStore state;
    private final AtomicLong streams = new AtomicLong();
    private volatile View view;
    private volatile long endedLsn;
    private volatile boolean closed;

    /**
     * What segments and state hold, and no event that is in the log alone.
     *
     * @param endedLsn the last entry whose events stand in segments
     */
    public Contents(String storeId, StreamIndex index, StateStore state, List<SealedSegment> sealed, long endedLsn) {
        this.storeId = storeId;
        this.index = index;
        this.state = state;
        this.view = new View(sealed, List.of(), List.of(new TailSegment(1)));
        this.endedLsn = endedLsn;
        this.streams.set(index.streamCount());
    }

    public View view() {
        return view;
    }

    /**
     * The view, kept until it is released.
     *
     * @throws StoreClosedException when the contents are closed
     */
    public View acquire() {
        while (true) {
            View current = view;
            if (current.acquire()) {
                return current;
            }
            if (closed) { // and else another view is in its place
                throw new StoreClosedException(storeId);
            }
        }
    }

    public StreamIndex index() {
        return index;
    }

    public StateStore state() {
        return state;
    }

    /** The tail segment that takes the next events. */
    public TailSegment tail() {
        return view.tail();
    }

    /** The last entry of the log in a tail segment that has ended. */
    public long endedLsn() {
        return endedLsn;
    }

    /** How many streams ever had a record. */
    public long streams() {
        return streams.get();
    }

    /** The version of a stream as the events before the newest tail segment make it. */
    long versionBeforeTail(StreamId id) {
        List<TailSegment> tails = view.tails;
        for (int i = tails.size() - 2; i >= 0; i--) {
            TailStream part = tails.get(i).stream(id);
            if (part != null) {
                return part.version();
            }
        }
        return index.version(id);
    }

    /** The version of a stream. */
    public long version(StreamId id) {
        TailStream part = tail().stream(id);
        return part == null ? versionBeforeTail(id) : part.version();
    }

    public @Nullable DurableState state(StreamId id) {
        return state.state(id).orElse(null);
    }

    @Override
    public void add(LogEntry.EventsAppended entry) {
        StreamId id = entry.stream();
        if (tail().isEmpty()) {
            beginTail(entry.firstPosition());
        }
        TailSegment tail = tail();
        TailStream part = tail.stream(id);
        if (part == null) {
            if (entry.firstSequenceNr() == 1 && versionBeforeTail(id) == 0) {
                streams.incrementAndGet();
            }
            part = tail.add(id, entry.firstSequenceNr() - 1);
        }
        if (part.version() != entry.firstSequenceNr() - 1) {
            throw new CorruptStoreException("stream=" + id + " has version " + part.version()
                    + " in the log, and event " + entry.firstSequenceNr() + " comes next");
        }
        tail.add(part, entry.events(storeId, part.id));
    }

    @Override
    public void grew(int bytes) {
        tail().grew(bytes);
    }

    @Override
    public void publish() {
        view.tails.forEach(TailSegment::publish);
    }

    /** Whether a stream has its first event in a tail segment, and nothing of it was ever anywhere else. */
    public boolean beganInTail(StreamId id) {
        for (TailSegment tail : view.tails) {
            TailStream part = tail.stream(id);
            if (part != null) {
                return part.base == 0 && index.version(id) == 0;
            }
        }
        return false;
    }

    /** The position of the last event that was ever stored; 0 for none. */
    public long lastPosition() {
        return view.tail().lastPosition();
    }

    /** A page of the ids of streams that ever had a record, in order. */
    public List<StreamId> streams(@Nullable StreamId after, int limit) {
        NavigableSet<StreamId> found = new TreeSet<>();
        for (TailSegment tail : view.tails) {
            tail.streamsAfter(after, found);
        }
        found.addAll(index.streams(after, limit)); // after the view: what has left the tail is in the index
        PageBuilder<StreamId> page = PageBuilder.ofIds(limit);
        for (StreamId id : found) {
            if (page.isFull()) {
                break;
            }
            page.add(id);
        }
        return page.elements();
    }

    /** Where the events are: payloads in memory that are not sealed, files of segments, tables. */
    public BackendStats.Tiers tiers() {
        View now = view;
        long unsealedEvents = 0;
        long tailBytes = 0;
        for (TailSegment tail : now.tails) {
            for (StoredEvent event : tail.all()) {
                unsealedEvents++;
                tailBytes += event.envelope().payload().bytes().length;
            }
        }
        long rowBytes = 0;
        long parquetBytes = 0;
        for (SealedSegment segment : now.sealed) {
            rowBytes += segment.rowFileBytes();
            parquetBytes += segment.parquetBytes();
        }
        return new BackendStats.Tiers(now.sealed.size(), unsealedEvents,
                Map.of("tail", tailBytes, "rows", rowBytes, "parquet", parquetBytes, "index",
                        index.stats().diskBytes(), "state", state.stats().diskBytes()));
    }

    /**
     * Bytes of payloads in the tail that are not deleted, and in sealed segments, where deleted ones count until they
     * are compacted away.
     */
    public long eventBytes() {
        long bytes = 0;
        View now = view;
        for (SealedSegment segment : now.sealed) {
            bytes += segment.meta().payloadBytes().orElseGet(() -> segment.meta().rowFile().length());
        }
        for (TailSegment tail : now.tails) {
            for (StoredEvent event : tail.all()) {
                if (event.sequenceNr() > state.deletedTo(event.stream())) {
                    bytes += event.envelope().payload().bytes().length;
                }
            }
        }
        return bytes;
    }

    /** Closes files and tables, when nobody reads any more. */
    public void close() {
        closed = true;
        view.release();
        try (state) {
            index.close();
        }
    }

    /**
     * Begins a new tail segment.
     *
     * @param lastLsn the last entry of the one before
     * @return the one that has ended
     */
    public synchronized TailSegment endTail(long lastLsn) {
        TailSegment ended = view.tail();
        ended.end(lastLsn);
        List<TailSegment> tails = new ArrayList<>(view.tails);
        tails.add(new TailSegment(ended.nextPosition()));
        replace(new View(view.sealed, view.readable, tails));
        endedLsn = lastLsn;
        return ended;
    }

    /** The tail segment, which is empty, begins with a position: those before it stand elsewhere or nowhere. */
    public synchronized void beginTail(long position) {
        if (tail().firstPosition != position) {
            List<TailSegment> tails = new ArrayList<>(view.tails);
            tails.set(tails.size() - 1, new TailSegment(position));
            replace(new View(view.sealed, view.readable, tails));
        }
    }

    /** Puts sealed segments in the place of a tail segment. */
    public synchronized void sealed(TailSegment tail, List<SealedSegment> segments) {
        List<SealedSegment> sealed = new ArrayList<>(view.sealed);
        sealed.addAll(segments);
        List<TailSegment> tails = new ArrayList<>(view.tails);
        tails.remove(tail);
        replace(new View(sealed, view.readable, tails));
    }

    /** Lets readers find a segment that the index is about to name, though it has no place yet; none ends that. */
    public synchronized void readable(List<SealedSegment> segments) {
        replace(new View(view.sealed, segments, view.tails));
    }

    /** Puts a segment, or none, in the place of neighbours. */
    public synchronized void replaced(List<SealedSegment> old, List<SealedSegment> replacement) {
        List<SealedSegment> sealed = new ArrayList<>(view.sealed);
        int place = sealed.indexOf(old.getFirst());
        if (place < 0 || !sealed.subList(place, place + old.size()).equals(old)) {
            throw new IllegalArgumentException("not neighbours in the view: " + old);
        }
        sealed.subList(place, place + old.size()).clear();
        sealed.addAll(place, replacement);
        List<SealedSegment> readable = new ArrayList<>(view.readable);
        readable.removeAll(replacement);
        replace(new View(sealed, readable, view.tails));
    }

    private void replace(View next) {
        View last = view;
        view = next;
        last.release();
    }
}
