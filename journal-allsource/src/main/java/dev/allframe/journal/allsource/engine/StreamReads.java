package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.index.Location;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one stream: its end from the tail in memory, what is older from sealed segments by the index.
 *
 * <p>The index may be a step ahead of the view that a reader holds, or behind it: sealing and compaction change the two
 * one after the other. A reader sees that by a segment that its view does not have, or by a gap, and begins again with
 * a newer view. Sequence numbers have no gap in a stream, so that a gap that stays is damage.
 */
final class StreamReads {

    /** A reader begins again so often before it takes a gap for damage. */
    private static final int ATTEMPTS = 1000;

    private final Contents contents;

    StreamReads(Contents contents) {
        this.contents = contents;
    }

    /** Events of a range in ascending order, where the tail has them all; null where files must be read. */
    @Nullable List<StoredEvent> forwardsFromMemory(StreamId id, long from, long to, int limit) {
        List<TailStream> parts = contents.view().tailParts(id);
        long first = Math.max(Math.max(from, 1), contents.state().deletedTo(id) + 1);
        if (first > to) {
            return List.of();
        }
        return !parts.isEmpty() && first > parts.getFirst().base ? fromParts(parts, first, to, limit) : null;
    }

    private static List<StoredEvent> fromParts(List<TailStream> parts, long first, long to, int limit) {
        long available = Math.min(to, parts.getLast().version()) - first + 1;
        List<StoredEvent> page = new ArrayList<>(Math.clamp(available, 0, limit));
        for (TailStream part : parts) {
            part.read(first, to, page, limit);
        }
        return page;
    }

    /** Events of a range in ascending order. Blocks on files. */
    List<StoredEvent> forwards(StreamId id, long from, long to, int limit) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            View view = contents.acquire();
            try {
                List<StoredEvent> page = forwards(view, id, from, to, limit);
                if (page != null) {
                    return page;
                }
            } finally {
                view.release();
            }
            Thread.onSpinWait();
        }
        throw gap(id, from);
    }

    private @Nullable List<StoredEvent> forwards(View view, StreamId id, long from, long to, int limit) {
        List<TailStream> parts = view.tailParts(id);
        long first = Math.max(Math.max(from, 1), contents.state().deletedTo(id) + 1);
        long tailFirst = parts.isEmpty() ? Long.MAX_VALUE : parts.getFirst().base + 1;
        if (first > to) {
            return List.of();
        }
        if (first >= tailFirst) {
            return fromParts(parts, first, to, limit);
        }
        List<StoredEvent> page = new ArrayList<>();
        long next = first;
        long sealedTo = Math.min(to, tailFirst - 1);
        for (Location location : contents.index().locate(id, first, sealedTo, limit)) {
            SealedSegment segment = view.segment(location.segmentId());
            if (segment == null || location.firstSequenceNr() != next) {
                return null;
            }
            page.addAll(segment.read(location.firstRow(), location.rows()));
            next += location.rows();
        }
        if (page.size() < limit && next <= to) {
            if (!parts.isEmpty() && next < tailFirst) {
                return null;
            }
            for (TailStream part : parts) {
                part.read(next, to, page, limit);
            }
        }
        return page;
    }

    /** Events from a number down, in descending order, where the tail has them all; null where files must be read. */
    @Nullable List<StoredEvent> backwardsFromMemory(StreamId id, long from, int limit) {
        List<TailStream> parts = contents.view().tailParts(id);
        long last = Math.max(contents.state().deletedTo(id) + 1, 1);
        if (parts.isEmpty()) {
            return null;
        }
        long highest = Math.min(from, parts.getLast().version());
        long lowest = Math.max(last, highest - limit + 1);
        if (highest < last) {
            return List.of();
        }
        return lowest > parts.getFirst().base ? partsBackwards(parts, from, last, limit) : null;
    }

    private static List<StoredEvent> partsBackwards(List<TailStream> parts, long from, long downTo, int limit) {
        List<StoredEvent> page = new ArrayList<>();
        for (int i = parts.size() - 1; i >= 0; i--) {
            parts.get(i).readBackwards(from, downTo, page, limit);
        }
        return page;
    }

    /** Events from a number down, in descending order. Blocks on files. */
    List<StoredEvent> backwards(StreamId id, long from, int limit) {
        long highest = Math.min(from, contents.version(id));
        long lowest = Math.max(highest - limit + 1, 1);
        return highest < lowest ? List.of() : forwards(id, lowest, highest, limit).reversed();
    }

    private static CorruptStoreException gap(StreamId id, long from) {
        return new CorruptStoreException("stream=" + id + ": the index does not lead to all its events from number "
                + from + " on; verify the store, and have its index built anew");
    }
}
