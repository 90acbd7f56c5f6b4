package dev.allframe.journal.allsource.engine;

import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        List<StoredEvent> kept = kept(tail);
        keepVersions(tail, kept);
        List<SealedSegment> sealed = segments.seal(kept, tail.lastLsn());
        contents.sealed(tail, sealed);
        contents.state().flush();
        releaseLog.accept(tail.lastLsn());
    }

    /** Has the index know the versions of streams of which no event is kept, before the manifest says that the log is not needed for them. */
    private void keepVersions(TailSegment tail, List<StoredEvent> kept) {
        Map<StreamId, Long> gone = new HashMap<>();
        tail.all().forEach(event -> gone.put(event.stream(), event.sequenceNr()));
        kept.forEach(event -> gone.remove(event.stream()));
        if (!gone.isEmpty()) {
            gone.forEach(contents.index()::noteStream);
            contents.index().flush();
        }
    }

    /** The events of a tail segment that are not deleted, in position order. */
    private List<StoredEvent> kept(TailSegment tail) {
        List<StoredEvent> all = tail.all();
        all.removeIf(event -> event.sequenceNr() <= contents.state().deletedTo(event.stream()));
        return all;
    }
}
