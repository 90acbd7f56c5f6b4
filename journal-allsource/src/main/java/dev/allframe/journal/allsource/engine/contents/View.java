package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the store holds at one moment: sealed segments in position order, then tail segments, the newest last. Every
 * event stands in it once. Immutable; a change makes a new view.
 *
 * <p>A reader of files {@link #acquire}s the view and {@link #release}s it: the files of a sealed segment stay open
 * until the last view that has it is released. Readers of the tail need not.
 */
public final class View {

    public final List<SealedSegment> sealed;
    public final List<SealedSegment> readable;
    public final List<TailSegment> tails;
    private final Map<Long, SealedSegment> byId;
    private final AtomicInteger users = new AtomicInteger(1);

    /**
     * A view with one user, who makes it public and releases it when another takes its place.
     *
     * @param readable segments that the index may name though they stand not in position order: those that a compaction
     *        is about to put in the place of others
     */
    View(List<SealedSegment> sealed, List<SealedSegment> readable, List<TailSegment> tails) {
        this.sealed = List.copyOf(sealed);
        this.readable = List.copyOf(readable);
        this.tails = List.copyOf(tails);
        this.byId = new HashMap<>();
        sealed.forEach(segment -> byId.put(segment.id(), segment));
        readable.forEach(segment -> byId.put(segment.id(), segment));
        byId.values().forEach(SealedSegment::retain);
    }

    /** The tail segment that takes the next events. */
    public TailSegment tail() {
        return tails.getLast();
    }

    /** The sealed segment with an id; null where it is not in this view. */
    public @Nullable SealedSegment segment(long id) {
        return byId.get(id);
    }

    /** The parts of a stream that are in the tail, in order. */
    public List<TailStream> tailParts(StreamId id) {
        TailSegment only = tails.getFirst();
        if (tails.size() == 1) {
            TailStream part = only.stream(id);
            return part == null ? List.of() : List.of(part);
        }
        List<TailStream> parts = new ArrayList<>(tails.size());
        for (TailSegment tail : tails) {
            TailStream part = tail.stream(id);
            if (part != null) {
                parts.add(part);
            }
        }
        return parts;
    }

    /** Keeps the files open. False where the last user has left: then another view has taken this one's place. */
    public boolean acquire() {
        while (true) {
            int count = users.get();
            if (count == 0) {
                return false;
            }
            if (users.compareAndSet(count, count + 1)) {
                return true;
            }
        }
    }

    public void release() {
        if (users.decrementAndGet() == 0) {
            byId.values().forEach(SealedSegment::release);
        }
    }
}
