package dev.allframe.journal.allsource.engine.read;

import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.segment.SegmentCache;

/**
 * One reader of all events in position order, from page to page. Pages are read on the scanning thread; the segment
 * after the one that they come from is loaded by {@link ReadAhead}.
 */
final class Scan {

    private static final long NOTHING = Long.MAX_VALUE;

    /** This reader, for the cache of loaded segments. */
    final SegmentCache.Reader reader = new SegmentCache.Reader();

    /** Used by the scanning thread alone. */
    private boolean goingOn;

    /** The first position of the segment that is loaded ahead, until a page reads it. */
    private volatile long ahead = NOTHING;

    /** The reader has come for another page, or was led over a segment: it will want the next segment too. */
    void goesOn() {
        goingOn = true;
    }

    /** Whether the next segment is to be loaded: not for a reader that may want one page, and not twice. */
    boolean wantsAhead() {
        return goingOn && ahead == NOTHING;
    }

    /** A segment is about to be loaded ahead. */
    void ahead(SealedSegment segment) {
        ahead = segment.meta().firstPosition();
    }

    /** Whether a segment that was to be loaded ahead has not been reached by a page. */
    boolean awaits(SealedSegment segment) {
        return ahead == segment.meta().firstPosition();
    }

    /** A page reads a segment, and loads it where it is not loaded yet. */
    void reached(SealedSegment segment) {
        if (ahead <= segment.meta().lastPosition()) {
            ahead = NOTHING;
        }
    }
}
