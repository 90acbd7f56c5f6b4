package dev.allframe.journal.allsource.engine.upkeep;

/**
 * What compaction has done.
 *
 * @param segmentsBefore how many segments were replaced
 * @param segmentsAfter how many took their places
 * @param droppedRows how many rows went that were deleted
 */
public record CompactionReport(long segmentsBefore, long segmentsAfter, long droppedRows) {

    static final CompactionReport NOTHING = new CompactionReport(0, 0, 0);

    CompactionReport plus(CompactionReport more) {
        return new CompactionReport(segmentsBefore + more.segmentsBefore, segmentsAfter + more.segmentsAfter,
                droppedRows + more.droppedRows);
    }
}
