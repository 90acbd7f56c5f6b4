package dev.allframe.journal.allsource.engine.index;

import dev.allframe.store.StreamId;

/**
 * The rows of one stream in one segment: contiguous, with sequence numbers without a gap.
 *
 * @param stream whose
 * @param firstSequenceNr the sequence number of the first, 1 or more
 * @param firstRow the number of the first in the segment's order, from 0
 * @param rows how many, 1 or more
 */
public record Run(StreamId stream, long firstSequenceNr, int firstRow, int rows) {

    public Run {
        if (firstSequenceNr < 1 || firstRow < 0 || rows < 1) {
            throw new IllegalArgumentException("stream=" + stream + " firstSequenceNr=" + firstSequenceNr + " firstRow="
                    + firstRow + " rows=" + rows + " is no run");
        }
    }

    /** The sequence number of the last. */
    public long lastSequenceNr() {
        return firstSequenceNr + rows - 1;
    }
}
