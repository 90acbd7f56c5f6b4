package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.contents.View;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the Parquet files of segments that were sealed with a row file alone: that takes far longer than the row file,
 * and appends wait for sealing. Rows and their numbers are the same in both files, so that the index does not change.
 *
 * <p>Runs on the compactor's thread.
 */
public final class ParquetFiles {

    private final Segments segments;
    private final Publication publication;
    private final Contents contents;

    /** Segments whose row file cannot be read. */
    private final Map<Long, EventStoreException> leftAlone = new LinkedHashMap<>();

    public ParquetFiles(Segments segments, Publication publication, Contents contents) {
        this.segments = segments;
        this.publication = publication;
        this.contents = contents;
    }

    /** How many segments have none, and can get one. */
    int missing() {
        return (int) contents.view().sealed.stream().filter(this::isMissing).count();
    }

    /**
     * Why not every segment has one: what is known already, or the damage of one that is left alone; null where all
     * have one.
     */
    @Nullable EventStoreException damage(@Nullable EventStoreException known) {
        return known != null || leftAlone.isEmpty() ? known : leftAlone.values().iterator().next();
    }

    private boolean isMissing(SealedSegment segment) {
        return !segment.hasParquetFile() && !leftAlone.containsKey(segment.id()) && publication.isCurrent(segment);
    }

    /**
     * Writes the first that is missing.
     *
     * @param stopping asked for each row; may throw
     * @return whether one was missing
     * @throws CorruptStoreException if the row file is damaged; it is left alone then until the store is opened anew
     * @throws StoreFailedException if it cannot be read; likewise
     * @throws IOException if the disk fails or is full
     */
    boolean writeNext(Runnable stopping) throws IOException {
        View view = contents.acquire(); // so that files are closed by this thread, not while the view is changed
        try {
            for (SealedSegment segment : view.sealed) {
                if (isMissing(segment)) {
                    write(segment, stopping);
                    return true;
                }
            }
            return false;
        } finally {
            view.release();
        }
    }

    private void write(SealedSegment segment, Runnable stopping) throws IOException {
        try {
            SegmentMeta more = segments.addParquetFile(segment, stopping);
            publish(publication.grown(segment, more), more);
        } catch (CorruptStoreException damaged) {
            leftAlone.put(segment.id(), damaged);
            throw damaged;
        } catch (UncheckedIOException unreadable) {
            StoreFailedException told = new StoreFailedException(
                    segment + " cannot be read: " + Failures.message(unreadable), unreadable);
            leftAlone.put(segment.id(), told);
            throw told;
        }
    }

    private void publish(Publication.Change change, SegmentMeta more) throws IOException {
        try {
            change.publish();
        } finally {
            if (change.isUndone()) {
                segments.deleteParquetFile(more);
            }
        }
    }
}
