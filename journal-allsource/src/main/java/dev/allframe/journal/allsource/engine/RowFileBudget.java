package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import java.io.IOException;
import java.util.List;

/**
 * Keeps the row files within a number of bytes: those of the oldest positions go first. A segment without a row file is read from its Parquet file, which has
 * the same rows under the same numbers, so that neither manifest nor index changes. Readers that hold a view go on with the row file; it is deleted when the
 * last of them has left.
 *
 * <p>Runs on the compactor's thread. Between two runs new segments may exceed the budget.
 */
final class RowFileBudget {

    private final Segments segments;
    private final Contents contents;
    private final long maxBytes;

    RowFileBudget(Segments segments, Contents contents, long maxBytes) {
        this.segments = segments;
        this.contents = contents;
        this.maxBytes = maxBytes;
    }

    /** Removes row files until the rest is within the budget. */
    void keep() throws IOException {
        List<SealedSegment> sealed = contents.view().sealed;
        long bytes = 0;
        for (SealedSegment segment : sealed) {
            bytes += rowFileBytes(segment);
        }
        for (int i = 0; i < sealed.size() && bytes > maxBytes; i++) {
            SealedSegment segment = sealed.get(i);
            if (segment.hasRowFile()) {
                bytes -= rowFileBytes(segment);
                evict(segment);
            }
        }
    }

    private static long rowFileBytes(SealedSegment segment) {
        return segment.hasRowFile() ? segment.meta().rowFile().length() : 0;
    }

    private void evict(SealedSegment segment) throws IOException {
        segments.verifyParquet(segment.meta());
        SealedSegment without = segments.openWithoutRowFile(segment.meta());
        segments.deleteUnread(segment, SegmentFile.ROWS);
        contents.replaced(List.of(segment), List.of(without));
    }
}
