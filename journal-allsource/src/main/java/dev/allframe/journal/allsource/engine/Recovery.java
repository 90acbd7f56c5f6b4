package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.contents.Applier;
import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.TailLimits;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.wal.WalConsumer;
import java.util.ArrayList;
import java.util.List;

/** Applies what a log holds to the contents of a store that is being opened. For one thread, once. */
final class Recovery implements WalConsumer {

    private final Applier applier;
    private final Contents contents;
    private final TailLimits tailLimits;
    private final List<LogEntry.EventsDeleted> deleted = new ArrayList<>();

    Recovery(Applier applier, Contents contents, TailLimits tailLimits) {
        this.applier = applier;
        this.contents = contents;
        this.tailLimits = tailLimits;
    }

    @Override
    public void entry(long lsn, LogEntry entry, int bytes) {
        applier.apply(lsn, entry, bytes);
        if (contents.tail().isFull(tailLimits)) {
            contents.endTail(lsn);
        }
        if (entry instanceof LogEntry.EventsDeleted events) {
            deleted.add(events);
        }
    }

    @Override
    public void mark(long lsn) {
        applier.passed(lsn);
    }

    /**
     * Everything takes effect, and the next event goes into a new tail segment. To be called when the log has been
     * opened: before, what it delivers may not be on disk.
     */
    void end(long nextPosition) {
        applier.publish();
        deleted.forEach(this::noteDeleted);
        if (!contents.tail().isEmpty()) {
            contents.endTail(applier.lastLsn());
        }
        contents.beginTail(nextPosition);
    }

    /** The rows may have left the disk already, and a state that did not know of it has told the index nothing. */
    private void noteDeleted(LogEntry.EventsDeleted events) {
        StreamIndex index = contents.index();
        if (!contents.beganInTail(events.stream())) {
            index.noteStream(events.stream(), events.toSequenceNr());
        }
    }
}
