package dev.allframe.journal.allsource.engine.read;

import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.contents.SegmentFilter;
import dev.allframe.journal.allsource.engine.contents.TailSegment;
import dev.allframe.journal.allsource.engine.contents.View;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.segment.LoadedSegment;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.spi.PageBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads of everything in position order: sealed segments decompressed through a cache, the tail from memory. Pages out
 * of files are read on one thread; a reader that comes for page after page has its next segment loaded ahead.
 */
public final class PositionReads {

    /** A filter that wants little looks at this many events in one call, at most, and says where to go on. */
    private static final int MAX_SCAN = 65_536;

    /** To find which rows of a segment are wanted costs, at most, as much as to look at one of so many. */
    private static final int COST_OF_A_PART = 4;

    private final String storeId;
    private final Contents contents;
    private final ReadAhead readAhead;
    private final Scans scans = new Scans();

    public PositionReads(String storeId, Contents contents, ReadAhead readAhead) {
        this.storeId = storeId;
        this.contents = contents;
        this.readAhead = readAhead;
    }

    /** A page, where the tail has all that is behind a position; null where files must be read. */
    public @Nullable EventPage fromMemory(EventFilter filter, Position after, int limit) {
        View view = contents.view();
        return after.index() >= view.tails.getFirst().firstPosition - 1
                ? new Page(new Scan(), filter, after, limit, view).read()
                : null;
    }

    /** A page. Blocks on files; called on the scanning thread. */
    public EventPage read(EventFilter filter, Position after, int limit) {
        View view = contents.acquire();
        try {
            return read(view, filter, after, limit);
        } finally {
            view.release();
        }
    }

    /** A page of what a view shows, which the caller has acquired. */
    public EventPage read(View view, EventFilter filter, Position after, int limit) {
        Scan scan = scans.at(filter, after);
        EventPage page = new Page(scan, filter, after, limit, view).read();
        if (!page.atEnd()) {
            scans.remember(scan, filter, page.next());
        }
        return page;
    }

    /** One page while it is filled. */
    private final class Page {

        private final Scan scan;
        private final EventFilter filter;
        private final Position after;
        private final View view;
        private final StateStore state = contents.state();
        private final SegmentFilter segments = new SegmentFilter(contents.index());
        private final PageBuilder<StoredEvent> wanted;
        private final long from;
        private final long end;
        private long looked;
        private int scanned;

        Page(Scan scan, EventFilter filter, Position after, int limit, View view) {
            this.scan = scan;
            this.filter = filter;
            this.after = after;
            this.wanted = PageBuilder.ofEvents(limit);
            this.view = view;
            this.from = Math.max(0, after.index());
            this.looked = from;
            this.end = view.tail().lastPosition();
        }

        EventPage read() {
            for (int number = 0; number < view.sealed.size(); number++) {
                if (full()) {
                    return page();
                }
                if (view.sealed.get(number).meta().lastPosition() > looked) {
                    readSealed(number);
                }
            }
            for (TailSegment tail : view.tails) {
                if (!full()) {
                    looked = Math.max(looked, tail.firstPosition - 1); // the last sealed positions may be gone
                }
                while (!full() && looked < Math.min(end, tail.lastPosition())) {
                    readTail(tail);
                }
            }
            if (!full()) {
                looked = Math.max(looked, end);
            }
            return page();
        }

        private void readSealed(int number) {
            SealedSegment segment = view.sealed.get(number);
            EventFilter part = segments.part(filter, segment);
            if (part != null) {
                scan.reached(segment);
                LoadedSegment loaded = segment.load(scan.reader, part);
                loadAhead(number + 1);
                int order = loaded.countUpTo(looked);
                while (!full() && order < loaded.rowCount()) {
                    look(loaded.rowAt(loaded.rowInPositionOrder(order++)));
                }
                if (full()) {
                    return;
                }
                scanned += segment.meta().rows() / COST_OF_A_PART; // also where the part has no row
                scan.goesOn();
            }
            looked = Math.max(looked, segment.meta().lastPosition());
        }

        /** Has the first segment loaded, from a number on, of which something is wanted. */
        private void loadAhead(int from) {
            for (int number = from; scan.wantsAhead() && number < view.sealed.size(); number++) {
                SealedSegment segment = view.sealed.get(number);
                EventFilter part = segments.part(filter, segment);
                if (part != null) {
                    readAhead.load(scan, view, segment, part);
                    return;
                }
            }
        }

        private void readTail(TailSegment tail) {
            List<StoredEvent> piece = new ArrayList<>();
            tail.copyAfter(looked, (int) Math.min(Math.min(1024, MAX_SCAN - scanned), end - looked), piece);
            for (StoredEvent event : piece) {
                look(event);
                if (full()) {
                    return;
                }
            }
        }

        private void look(StoredEvent event) {
            looked = event.position().index();
            scanned++;
            if (event.sequenceNr() > state.deletedTo(event.stream()) && filter.matches(event)) {
                wanted.add(event);
            }
        }

        private boolean full() {
            return wanted.isFull() || scanned >= MAX_SCAN;
        }

        private EventPage page() {
            Position next = looked == from ? after : new Position(storeId, 0, 0, looked);
            return new EventPage(wanted.elements(), next, looked >= end);
        }
    }
}
