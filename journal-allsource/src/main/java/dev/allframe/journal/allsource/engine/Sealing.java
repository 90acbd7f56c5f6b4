package dev.allframe.journal.allsource.engine;

import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Seals a tail segment: files, manifest, index, view, and then the log may forget it. A crash between any two steps leaves a store that opens: files that
 * the manifest does not know are written again, and a segment that the index does not know is indexed again.
 *
 * <p>Runs on the sealer's thread.
 */
final class Sealing {

    private final Segments segments;
    private final Contents contents;
    private final LongConsumer releaseLog;

    Sealing(Segments segments, Contents contents, LongConsumer releaseLog) {
        this.segments = segments;
        this.contents = contents;
        this.releaseLog = releaseLog;
    }

    void seal(TailSegment tail) throws IOException {
        List<SealedSegment> sealed = segments.seal(kept(tail), tail.lastLsn());
        contents.sealed(tail, sealed);
        contents.state().flush();
        releaseLog.accept(tail.lastLsn());
    }

    /** The events of a tail segment that are not deleted, in position order. */
    private List<StoredEvent> kept(TailSegment tail) {
        List<StoredEvent> all = tail.all();
        all.removeIf(event -> event.sequenceNr() <= contents.state().deletedTo(event.stream()));
        return all;
    }
}
