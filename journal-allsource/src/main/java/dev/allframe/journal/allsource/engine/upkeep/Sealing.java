package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.TailSegment;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Seals a tail segment: state, files, manifest, index, view, and then the log may forget it. A crash between any two
 * steps leaves a store that opens: files that the manifest does not know are deleted, and a segment that the index does
 * not know is indexed again.
 *
 * <p>The state is flushed here, and rows that are deleted are left out: what was applied stands forced in the log.
 *
 * <p>Runs on the sealer's thread.
 */
public final class Sealing {

    private final Segments segments;
    private final Contents contents;
    private final LongConsumer releaseLog;
    private final Runnable afterwards;

    /**
     * Seals into these segments.
     *
     * @param releaseLog told up to which entry the log is no longer needed
     * @param afterwards run when a tail segment was sealed
     */
    public Sealing(Segments segments, Contents contents, LongConsumer releaseLog, Runnable afterwards) {
        this.segments = segments;
        this.contents = contents;
        this.releaseLog = releaseLog;
        this.afterwards = afterwards;
    }

    void seal(TailSegment tail) throws IOException {
        List<StoredEvent> events = tail.all();
        Kept kept = new Kept(contents.state());
        if (contents.state().counters().deletedEvents() > 0) {
            events.removeIf(kept.negate());
        }
        contents.state().flush();
        contents.sealed(tail, segments.seal(events, kept.dropped(), tail.lastLsn()));
        releaseLog.accept(tail.lastLsn());
        afterwards.run();
    }
}
