package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.Comparator;

/**
 * The order of the rows of a segment: slice, stream id by UTF-16 code units, sequence number. The events of a stream stand together, and so do those of a
 * range of slices.
 */
public final class RowOrder implements Comparator<StoredEvent> {

    public static final RowOrder INSTANCE = new RowOrder();

    private RowOrder() {}

    @Override
    public int compare(StoredEvent left, StoredEvent right) {
        int streams = compareStreams(left.stream(), right.stream());
        return streams != 0 ? streams : Long.compare(left.sequenceNr(), right.sequenceNr());
    }

    /** The order of streams in a segment. */
    public static int compareStreams(StreamId left, StreamId right) {
        if (left.equals(right)) {
            return 0;
        }
        int slices = Integer.compare(left.slice(), right.slice());
        return slices != 0 ? slices : left.compareTo(right);
    }
}
