package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.segment.LoadedSegment;
import dev.allframe.journal.allsource.engine.segment.OpenFiles;
import dev.allframe.journal.allsource.engine.segment.SealedRows;
import dev.allframe.journal.allsource.engine.segment.SegmentCache;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventFilter;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A sealed segment, whose files are opened when they are read. Read from any thread of the store, while the view that
 * has it is acquired; {@link FileUses} knows when a file may be deleted: not before the last view that had it is
 * released.
 */
public final class SealedSegment {

    private final SegmentMeta meta;
    private final Set<SegmentFile> files;
    private final OpenFiles openFiles;
    private final SegmentCache cache;
    private final FileUses uses;
    private final DamagedRowFiles damaged;
    private final AtomicInteger views = new AtomicInteger();

    /**
     * A segment.
     *
     * @param files which it has, one or two
     */
    public SealedSegment(SegmentMeta meta, Set<SegmentFile> files, OpenFiles openFiles, SegmentCache cache,
            FileUses uses,
            DamagedRowFiles damaged) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("segment " + meta.id() + " has no file");
        }
        this.meta = meta;
        this.files = Set.copyOf(files);
        this.openFiles = openFiles;
        this.cache = cache;
        this.uses = uses;
        this.damaged = damaged;
        uses.begin(this.files);
    }

    /** Who may read its files: this, and others over the same files. */
    public FileUses uses() {
        return uses;
    }

    public long id() {
        return meta.id();
    }

    public SegmentMeta meta() {
        return meta;
    }

    /** Whether the row file is read; else there is none, or it is damaged and the Parquet file is read. */
    public boolean readsRowFile() {
        return hasRowFile() && !damaged.has(meta);
    }

    /** Something that is read of a file. */
    public interface Reading<T> {

        T of(SegmentFile file) throws IOException;
    }

    /** Reads the row file; the Parquet file where there is no row file, or where it is damaged. */
    private <T> T either(Reading<T> reading) throws IOException {
        if (!readsRowFile()) {
            return reading.of(SegmentFile.PARQUET);
        }
        try {
            return reading.of(SegmentFile.ROWS);
        } catch (CorruptStoreException | UncheckedIOException | IOException unreadable) {
            if (!hasParquetFile()) {
                throw unreadable;
            }
            T rows;
            try {
                rows = reading.of(SegmentFile.PARQUET);
            } catch (RuntimeException | IOException both) {
                unreadable.addSuppressed(both);
                throw unreadable;
            }
            damaged.found(meta, unreadable);
            return rows;
        }
    }

    public boolean hasRowFile() {
        return files.contains(SegmentFile.ROWS);
    }

    /** The length of its row file; 0 where there is none. */
    public long rowFileBytes() {
        return hasRowFile() ? meta.rowFile().length() : 0;
    }

    /** Whether its Parquet file is written. */
    public boolean hasParquetFile() {
        return files.contains(SegmentFile.PARQUET);
    }

    /** The length of its Parquet file; 0 where it is not written. */
    long parquetBytes() {
        return hasParquetFile() ? meta.parquetFile().orElseThrow().length() : 0;
    }

    /** Rows by their numbers in the file: as many as a page has room for, one at least. */
    public List<StoredEvent> read(int firstRow, int count) {
        try {
            return either(file -> openFiles.read(meta, file, rows -> rows.readPage(firstRow, count)));
        } catch (IOException failed) {
            throw unreadable(failed);
        }
    }

    /**
     * The rows that a filter wants, decompressed, and perhaps others: for reads in position order.
     * {@link SegmentFilter} says which part is worth it.
     */
    public LoadedSegment load(SegmentCache.Reader reader, EventFilter wanted) {
        try {
            return cache.get(reader, meta.id(), wanted,
                    () -> either(file -> openFiles.read(meta, file, rows -> LoadedSegment.of(rows, wanted))));
        } catch (IOException failed) {
            throw unreadable(failed);
        }
    }

    /** Opens the file that is read, to read all of it; to be closed. */
    public SealedRows open() throws IOException {
        return openFiles.open(meta, readsRowFile() ? SegmentFile.ROWS : SegmentFile.PARQUET);
    }

    /** What its rows tell the index. */
    public RowIndex index() throws IOException {
        return either(file -> {
            try (SealedRows opened = openFiles.open(meta, file)) {
                return RowIndex.of(opened.rows());
            }
        });
    }

    /**
     * Compares its row file with its checksums, where a Parquet file can be read instead: so it is from then on, if the
     * row file is damaged and the Parquet file is not.
     *
     * @throws CorruptStoreException if neither is whole
     */
    public void verifyRowFile(Reading<Boolean> verifying) throws IOException {
        if (hasParquetFile() && readsRowFile()) {
            either(verifying);
        }
    }

    /**
     * Compares its files with their checksums, where it has both. One that is damaged is not read from then on, if the
     * other is whole.
     *
     * @return whether both are whole
     * @throws CorruptStoreException if neither is
     */
    public boolean isWhole(Reading<Boolean> verifying) throws IOException {
        if (!hasRowFile() || !hasParquetFile()) {
            return true;
        }
        verifyRowFile(verifying);
        if (!readsRowFile()) {
            return false;
        }
        try {
            return verifying.of(SegmentFile.PARQUET);
        } catch (CorruptStoreException | IOException damagedParquet) {
            return false; // the row file is whole
        }
    }

    private StoreFailedException unreadable(IOException failed) {
        return new StoreFailedException("segment " + meta.id() + " cannot be read: " + Failures.message(failed),
                failed);
    }

    /** No view has this segment: its files may be deleted. */
    void close() {
        uses.end(files);
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
