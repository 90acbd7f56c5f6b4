package dev.allframe.journal.allsource.engine.read;

import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.contents.View;
import dev.allframe.store.EventFilter;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/** Loads the next segment of a {@link Scan} into the cache, while pages of the segment before are read and used. */
public final class ReadAhead {

    private final ExecutorService thread;

    /**
     * Loads on a thread of its own, so that no page waits for it that does not need it.
     *
     * @param thread whose owner shuts it down; what has not begun then is not loaded
     */
    public ReadAhead(ExecutorService thread) {
        this.thread = thread;
    }

    /**
     * Begins to load a segment, or a part of it. A failure is nobody's: the page that reads the segment tries again.
     *
     * @param view has the segment; the caller has acquired it
     */
    void load(Scan scan, View view, SealedSegment segment, EventFilter part) {
        if (!view.acquire()) {
            return;
        }
        scan.ahead(segment);
        try {
            thread.execute(() -> loadAndRelease(scan, view, segment, part));
        } catch (RejectedExecutionException closingOrBusy) {
            view.release();
        }
    }

    private void loadAndRelease(Scan scan, View view, SealedSegment segment, EventFilter part) {
        try {
            if (scan.awaits(segment) && !thread.isShutdown()) { // else its pages were faster, or the store is closed
                segment.load(scan.reader, part);
            }
        } catch (RuntimeException | Error unreadable) {
            // The page that reads it fails the same way, and is answered with the failure.
        } finally {
            view.release();
        }
    }
}
