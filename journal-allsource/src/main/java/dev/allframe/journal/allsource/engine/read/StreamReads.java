package dev.allframe.journal.allsource.engine.read;

import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.contents.TailStream;
import dev.allframe.journal.allsource.engine.contents.View;
import dev.allframe.journal.allsource.engine.index.Location;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.StreamPage;
import dev.allframe.store.spi.PageBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one stream: its end from the tail in memory, what is older from sealed segments by the index.
 *
 * <p>The index may be a step ahead of the view that a reader holds, or behind it: sealing and compaction change the two
 * one after the other. A reader sees that by a segment that its view does not have, or by a gap, and begins again with
 * a newer view. Sequence numbers have no gap in a stream, so that a gap that stays is damage.
 */
public final class StreamReads {

    /** A reader begins again so often before it takes a gap for damage. */
    private static final int ATTEMPTS = 1000;

    private final Contents contents;

    public StreamReads(Contents contents) {
        this.contents = contents;
    }

    /** A page of a range in ascending order, where the tail has it; null where files must be read. */
    public @Nullable List<StoredEvent> forwardsFromMemory(StreamId id, long from, long to, int limit) {
        return forwardsFromMemory(contents.view().tailParts(id), id, from, to, limit);
    }

    private @Nullable List<StoredEvent> forwardsFromMemory(List<TailStream> parts, StreamId id, long from, long to,
            int limit) {
        PageBuilder<StoredEvent> page = PageBuilder.ofEvents(limit);
        long first = Math.max(Math.max(from, 1), contents.state().deletedTo(id) + 1);
        if (first > to) {
            return List.of();
        }
        if (parts.isEmpty() || first <= parts.getFirst().base) {
            return null;
        }
        parts.forEach(part -> part.read(first, to, page));
        return page.elements();
    }

    /** A page of a range and the stream's version, where the tail has both; null where files must be read. */
    public @Nullable StreamPage pageFromMemory(StreamId id, long from, long to, int limit) {
        List<TailStream> parts = contents.view().tailParts(id);
        if (parts.isEmpty()) {
            return null;
        }
        long version = parts.getLast().version();
        List<StoredEvent> events = forwardsFromMemory(parts, id, from, Math.min(to, version), limit);
        return events == null ? null : new StreamPage(events, version);
    }

    /**
     * A page of a range and the stream's version. Blocks on files. The version is read first: records up to it are
     * there for every later read.
     */
    public StreamPage page(StreamId id, long from, long to, int limit) {
        long version = contents.version(id);
        return new StreamPage(forwards(id, from, Math.min(to, version), limit), version);
    }

    /** A page of a range in ascending order. Blocks on files. */
    public List<StoredEvent> forwards(StreamId id, long from, long to, int limit) {
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
        PageBuilder<StoredEvent> page = PageBuilder.ofEvents(limit);
        List<TailStream> parts = view.tailParts(id);
        long first = Math.max(Math.max(from, 1), contents.state().deletedTo(id) + 1);
        long tailFirst = parts.isEmpty() ? Long.MAX_VALUE : parts.getFirst().base + 1;
        if (first > to) {
            return List.of();
        }
        long next = first;
        if (first < tailFirst) {
            long sealedTo = Math.min(to, tailFirst - 1);
            for (Location location : contents.index().locate(id, first, sealedTo, page.room())) {
                if (page.isFull()) {
                    return page.elements();
                }
                SealedSegment segment = view.segment(location.segmentId());
                if (segment == null || location.firstSequenceNr() != next) {
                    return null;
                }
                next += read(segment, location, page);
            }
        }
        if (!page.isFull() && next <= to) {
            if (!parts.isEmpty() && next < tailFirst) {
                return null;
            }
            for (TailStream part : parts) {
                part.read(next, to, page);
            }
        }
        return page.elements();
    }

    /** Adds rows until the page is full, and says how many. */
    private static int read(SealedSegment segment, Location location, PageBuilder<StoredEvent> page) {
        int read = 0;
        while (read < location.rows() && !page.isFull()) {
            for (StoredEvent event : segment.read(location.firstRow() + read, location.rows() - read)) {
                if (page.isFull()) {
                    return read;
                }
                page.add(event);
                read++;
            }
        }
        return read;
    }

    /** A page from a number down, in descending order, where the tail has it; null where files must be read. */
    public @Nullable List<StoredEvent> backwardsFromMemory(StreamId id, long from, int limit) {
        PageBuilder<StoredEvent> page = PageBuilder.ofEvents(limit);
        List<TailStream> parts = contents.view().tailParts(id);
        long last = Math.max(contents.state().deletedTo(id) + 1, 1);
        if (parts.isEmpty()) {
            return null;
        }
        long highest = Math.min(from, parts.getLast().version());
        long lowest = Math.max(last, highest - page.room() + 1);
        if (highest < last) {
            return List.of();
        }
        if (lowest <= parts.getFirst().base) {
            return null;
        }
        parts.reversed().forEach(part -> part.readBackwards(from, last, page));
        return page.elements();
    }

    /**
     * A page from a number down, in descending order. Blocks on files. Rows are read upwards: where the bytes of a page
     * do not suffice for a range, the upper half of the range is read, and at last its highest row alone.
     */
    public List<StoredEvent> backwards(StreamId id, long from, int limit) {
        long highest = Math.min(from, contents.version(id));
        long wanted = Math.min(highest, PageBuilder.ofEvents(limit).room());
        while (wanted > 0) {
            List<StoredEvent> page = forwards(id, highest - wanted + 1, highest, limit);
            if (page.isEmpty() || page.getLast().sequenceNr() == highest) {
                return page.reversed();
            }
            wanted = (wanted + 1) / 2;
        }
        return List.of();
    }

    private static CorruptStoreException gap(StreamId id, long from) {
        return new CorruptStoreException("stream=" + id + ": the index does not lead to all its events from number "
                + from + " on; verify the store, and have its index built anew");
    }
}
