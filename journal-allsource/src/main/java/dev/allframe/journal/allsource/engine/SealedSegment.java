package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.segment.LoadedSegment;
import dev.allframe.journal.allsource.engine.segment.ParquetSegment;
import dev.allframe.journal.allsource.engine.segment.RowFile;
import dev.allframe.journal.allsource.engine.segment.SealedRows;
import dev.allframe.journal.allsource.engine.segment.SegmentCache;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The open files of a sealed segment. Read from any thread of the store, while the view that has it is acquired; its files are closed when the last view
 * that had it is released; {@link FileUses} knows when a file may be deleted.
 */
final class SealedSegment {

    private static final Logger LOG = System.getLogger(SealedSegment.class.getName());

    private final SegmentMeta meta;
    private final @Nullable RowFile rows;
    private final @Nullable ParquetSegment columns;
    private final SegmentCache cache;
    private final FileUses uses;
    private final AtomicInteger views = new AtomicInteger();

    SealedSegment(SegmentMeta meta, @Nullable RowFile rows, @Nullable ParquetSegment columns, SegmentCache cache,
            FileUses uses) {
        if (rows == null && columns == null) {
            throw new IllegalArgumentException("segment " + meta.id() + " has no file");
        }
        this.meta = meta;
        this.rows = rows;
        this.columns = columns;
        this.cache = cache;
        this.uses = uses;
        uses.begin(files());
    }

    private Set<SegmentFile> files() {
        Set<SegmentFile> files = EnumSet.noneOf(SegmentFile.class);
        if (rows != null) {
            files.add(SegmentFile.ROWS);
        }
        if (columns != null) {
            files.add(SegmentFile.PARQUET);
        }
        return files;
    }

    /** Who has its files open: this, and others over the same files. */
    FileUses uses() {
        return uses;
    }

    long id() {
        return meta.id();
    }

    SegmentMeta meta() {
        return meta;
    }

    /** The file that is read: the row file where there is one, else the Parquet file. */
    SealedRows rows() {
        return rows != null ? rows : Objects.requireNonNull(columns);
    }

    boolean hasRowFile() {
        return rows != null;
    }

    /** The length of its row file; 0 where there is none. */
    long rowFileBytes() {
        return rows == null ? 0 : meta.rowFile().length();
    }

    /** Whether its Parquet file is written. */
    boolean hasParquetFile() {
        return columns != null;
    }

    /** The length of its Parquet file; 0 where it is not written. */
    long parquetBytes() {
        return columns == null ? 0 : meta.parquetFile().orElseThrow().length();
    }

    /** Rows by their numbers in the file. */
    List<StoredEvent> read(int firstRow, int count) {
        try {
            return rows().read(firstRow, count);
        } catch (IOException failed) {
            throw unreadable(failed);
        }
    }

    /** All rows, decompressed, for reads in position order. */
    LoadedSegment load() {
        try {
            return cache.get(meta.id(), () -> LoadedSegment.of(rows()));
        } catch (IOException failed) {
            throw unreadable(failed);
        }
    }

    /** All rows, one after the other. */
    Iterator<StoredEvent> all() {
        return rows().rows();
    }

    private StoreFailedException unreadable(IOException failed) {
        return new StoreFailedException("segment " + meta.id() + " cannot be read: " + failed.getMessage(), failed);
    }

    /** Closes the files, of which no view has this segment. */
    void close() {
        try (ParquetSegment cold = columns; RowFile hot = rows) {
            LOG.log(Level.DEBUG, "segment {0} is closed", meta.id());
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "a file of segment " + meta.id() + " could not be closed", failed);
        }
        uses.end(files());
    }

    void retain() {
        views.incrementAndGet();
    }

    void release() {
        if (views.decrementAndGet() == 0) {
            close();
        }
    }

    @Override
    public String toString() {
        return "SealedSegment[" + meta.id() + "]";
    }
}
