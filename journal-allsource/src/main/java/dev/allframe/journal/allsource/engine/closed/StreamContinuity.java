package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Follows the sequence numbers of all streams: without a gap but where events were deleted. For one thread. */
final class StreamContinuity {

    private final @Nullable StateStore state;
    private final Map<StreamId, Long> versions = new HashMap<>();
    private long kept;

    /** With the deletes of a state; where it is not known, a stream may begin with any number. */
    StreamContinuity(@Nullable StateStore state) {
        this.state = state;
    }

    /**
     * Takes the next event of its stream.
     *
     * @return true
     * @throws CorruptStoreException if it is not the next
     */
    boolean add(StoredEvent event) {
        long sequenceNr = event.sequenceNr();
        Long last = versions.put(event.stream(), sequenceNr);
        long deletedTo = state == null ? Long.MAX_VALUE : state.deletedTo(event.stream());
        if (sequenceNr > deletedTo) {
            kept++;
        }
        long expected = last == null ? 1 : last + 1;
        boolean gapWasDeleted = sequenceNr > expected && sequenceNr - 1 <= deletedTo;
        if (sequenceNr != expected && !gapWasDeleted) {
            throw new CorruptStoreException("stream=" + event.stream() + " goes on with event " + sequenceNr
                    + " at position " + event.position().index() + ", and " + expected + " comes next");
        }
        return true;
    }

    /** How many events are not deleted. */
    long kept() {
        return kept;
    }
}
