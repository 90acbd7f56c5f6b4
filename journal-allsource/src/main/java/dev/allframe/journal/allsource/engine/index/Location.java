package dev.allframe.journal.allsource.engine.index;

/**
 * Where rows of a stream are.
 *
 * @param segmentId in which segment
 * @param firstRow the number of the first in the segment's order, from 0
 * @param rows how many, 1 or more
 * @param firstSequenceNr the sequence number of the first; those of the others follow without a gap
 */
public record Location(long segmentId, int firstRow, int rows, long firstSequenceNr) {

    /** The sequence number of the last. */
    public long lastSequenceNr() {
        return firstSequenceNr + rows - 1;
    }

    /** The part of it within a range of sequence numbers, both included, which it meets. */
    Location within(long from, long to) {
        long first = Math.max(from, firstSequenceNr);
        long last = Math.min(to, lastSequenceNr());
        return new Location(segmentId, firstRow + (int) (first - firstSequenceNr), (int) (last - first + 1), first);
    }
}
