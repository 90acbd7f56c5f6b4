package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.TailSegment;
import dev.allframe.journal.allsource.engine.upkeep.Segments.Written;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

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
    private final Publication publication;
    private final Contents contents;
    private final LongConsumer releaseLog;
    private final Runnable afterwards;
    /** Of the tail segment that is sealed next: what the manifest has, and the index has found no room for. */
    private Publication.@Nullable Change unfinished;

    /**
     * Seals into these segments.
     *
     * @param releaseLog told up to which entry the log is no longer needed
     * @param afterwards run when a tail segment was sealed
     */
    public Sealing(Segments segments, Publication publication, Contents contents, LongConsumer releaseLog,
            Runnable afterwards) {
        this.segments = segments;
        this.publication = publication;
        this.contents = contents;
        this.releaseLog = releaseLog;
        this.afterwards = afterwards;
    }

    void seal(TailSegment tail) throws IOException {
        if (unfinished == null) {
            begin(tail);
        } else {
            unfinished.publish();
        }
        unfinished = null;
        releaseLog.accept(tail.lastLsn());
        afterwards.run();
    }

    private void begin(TailSegment tail) throws IOException {
        List<StoredEvent> events = tail.all();
        Kept kept = new Kept(contents.state());
        if (contents.state().counters().deletedEvents() > 0) {
            events.removeIf(kept.negate());
        }
        contents.state().flush();
        List<Written> written = new ArrayList<>();
        try {
            segments.seal(events, written::add);
            Publication.Change change = publication.sealed(tail, written, kept.dropped());
            publish(change);
        } catch (IOException | RuntimeException | Error failed) {
            if (unfinished == null) {
                written.forEach(publication::discard);
            }
            throw failed;
        }
    }

    private void publish(Publication.Change change) throws IOException {
        try {
            change.publish();
        } finally {
            unfinished = change.isDecided() ? change : null;
        }
    }
}
