package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.contents.View;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.store.CorruptStoreException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps the row files within a number of bytes: those of the oldest positions go first. A segment without a row file is
 * read from its Parquet file, which has the same rows under the same numbers, so that neither manifest nor index
 * changes. Readers that hold a view go on with the row file; it is deleted when the last of them has left.
 *
 * <p>Runs on the compactor's thread. Between two runs new segments may exceed the budget, and so do those that have no
 * Parquet file yet.
 */
public final class RowFileBudget {

    private final Segments segments;
    private final Publication publication;
    private final Contents contents;
    private final long maxBytes;

    /** Segments whose row file is the only good copy of their rows. */
    private final Set<Long> leftAlone = new HashSet<>();

    public RowFileBudget(Segments segments, Publication publication, Contents contents, long maxBytes) {
        this.segments = segments;
        this.publication = publication;
        this.contents = contents;
        this.maxBytes = maxBytes;
    }

    /** Removes row files until the rest is within the budget. */
    public void keep() throws IOException {
        View view = contents.acquire(); // so that files are deleted by this thread, not while the view is changed
        try {
            keep(view.sealed);
        } finally {
            view.release();
        }
    }

    private void keep(List<SealedSegment> sealed) throws IOException {
        long bytes = 0;
        for (SealedSegment segment : sealed) {
            bytes += segment.rowFileBytes();
        }
        for (int i = 0; i < sealed.size() && bytes > maxBytes; i++) {
            SealedSegment segment = sealed.get(i);
            if (segment.hasRowFile() && segment.hasParquetFile() && !leftAlone.contains(segment.id())
                    && publication.isCurrent(segment)) {
                bytes -= segment.rowFileBytes();
                evict(segment);
            }
        }
    }

    private void evict(SealedSegment segment) throws IOException {
        try {
            segments.verifyParquet(segment.meta());
        } catch (CorruptStoreException damaged) {
            leftAlone.add(segment.id());
            throw damaged;
        }
        publication.withoutRowFile(segment);
        segments.deleteUnread(segment, SegmentFile.ROWS);
    }
}
