package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which rows are not deleted. A stream is asked for once, when its first row comes by: a delete that comes while a
 * segment is made takes all rows of a stream that it means or none, so that what is kept of a stream has no gap. For
 * one segment's making, on one thread.
 */
public final class Kept implements Predicate<StoredEvent> {

    private final StateStore state;
    private final Map<StreamId, Long> deletedTo = new HashMap<>();
    private final Map<StreamId, Long> dropped = new HashMap<>();
    private long seenRows;
    private long droppedRows;

    public Kept(StateStore state) {
        this.state = state;
    }

    @Override
    public boolean test(StoredEvent event) {
        seenRows++;
        if (event.sequenceNr() > deletedTo.computeIfAbsent(event.stream(), state::deletedTo)) {
            return true;
        }
        droppedRows++;
        dropped.merge(event.stream(), event.sequenceNr(), Math::max);
        return false;
    }

    long seenRows() {
        return seenRows;
    }

    long droppedRows() {
        return droppedRows;
    }

    /** The streams that lost rows, with the highest number that they lost. */
    public Map<StreamId, Long> dropped() {
        return dropped;
    }
}
