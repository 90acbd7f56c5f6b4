package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;

/**
 * Makes segments. What it returns is on disk, was read back and compared, and becomes part of the store when the manifest names it. Until then a crash or a
 * failure leaves at most files that no manifest names: temporary ones, or whole ones that the next segment of the same id replaces.
 *
 * <p>Stateless; different segments may be made at once. The calling thread must not be interrupted.
 */
public final class SegmentWriter {

    private final Disk disk;
    private final Path directory;
    private final UUID storeId;

    /** Writes into a directory that exists. */
    public SegmentWriter(Disk disk, Path directory, UUID storeId) {
        this.disk = disk;
        this.directory = directory;
        this.storeId = storeId;
    }

    /**
     * Writes both files of a segment.
     *
     * @param segmentId an id that no segment in the manifest has
     * @param rows one to {@link SegmentLimits#MAX_ROWS}, in {@link RowOrder}
     * @throws IllegalArgumentException if the rows are none, too many, out of order or of another store, or have a text that UTF-8 cannot hold
     * @throws CorruptStoreException if the disk does not give back what was written
     * @throws IOException if the disk fails or is full
     */
    public SegmentMeta seal(long segmentId, Iterator<StoredEvent> rows) throws IOException {
        Path rowFile = SegmentFile.ROWS.in(directory, segmentId);
        Path parquetFile = SegmentFile.PARQUET.in(directory, segmentId);
        List<Path> made = new ArrayList<>();
        try {
            SegmentMeta meta;
            try (DiskFile hot = create(rowFile, made); DiskFile cold = create(parquetFile, made)) {
                meta = write(segmentId, rows, hot, cold);
            }
            verifyRows(segmentId, temporary(rowFile), meta);
            verifyParquet(segmentId, temporary(parquetFile), meta);
            publish(parquetFile, made);
            publish(rowFile, made);
            disk.forceDirectory(directory);
            return meta;
        } catch (Throwable failure) {
            discard(made, failure);
            throw failure;
        }
    }

    /**
     * Makes the row file again from the Parquet file.
     *
     * @param segment as the manifest has it
     * @return with the new row file, whose bytes may differ from the old one's
     */
    public SegmentMeta restoreRowFile(SegmentMeta segment) throws IOException {
        Path rowFile = SegmentFile.ROWS.in(directory, segment.id());
        List<Path> made = new ArrayList<>();
        try (ParquetSegment parquet = ParquetSegment.open(disk, SegmentFile.PARQUET.in(directory, segment.id()),
                storeId, segment.id(), segment.parquetFile())) {
            SegmentMeta restored;
            RowSummary summary = new RowSummary(storeId);
            try (RowFileWriter out = new RowFileWriter(create(rowFile, made), storeId, segment.id())) {
                for (Iterator<StoredEvent> rows = parquet.rows(); rows.hasNext();) {
                    StoredEvent row = rows.next();
                    summary.add(row);
                    out.add(row);
                }
                restored = segment.withRowFile(out.finish(summary.bounds()));
            }
            verifyRows(segment.id(), temporary(rowFile), restored);
            publish(rowFile, made);
            disk.forceDirectory(directory);
            return restored;
        } catch (Throwable failure) {
            discard(made, failure);
            throw failure;
        }
    }

    private static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + SegmentFile.TEMPORARY);
    }

    private DiskFile create(Path file, List<Path> made) throws IOException {
        Path temporary = temporary(file);
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        made.add(temporary);
        return disk.create(temporary);
    }

    private SegmentMeta write(long segmentId, Iterator<StoredEvent> rows, DiskFile rowFile, DiskFile parquetFile)
            throws IOException {
        RowSummary summary = new RowSummary(storeId);
        try (RowFileWriter hot = new RowFileWriter(rowFile, storeId, segmentId);
                ParquetSegmentWriter cold = new ParquetSegmentWriter(parquetFile, storeId, segmentId)) {
            while (rows.hasNext()) {
                StoredEvent row = rows.next();
                summary.add(row);
                hot.add(row);
                cold.add(row);
            }
            RowBounds bounds = summary.bounds();
            return SegmentMeta.of(segmentId, bounds, hot.finish(bounds), cold.finish(bounds), summary.payloadBytes());
        }
    }

    private void verifyRows(long segmentId, Path file, SegmentMeta meta) throws IOException {
        verify(file, meta.rowFile());
        try (RowFile rows = RowFile.open(disk, file, storeId, segmentId)) {
            checkCount(file, rows.rowCount(), meta);
        }
    }

    private void verifyParquet(long segmentId, Path file, SegmentMeta meta) throws IOException {
        verify(file, meta.parquetFile());
        try (ParquetSegment rows = ParquetSegment.open(disk, file, storeId, segmentId, meta.parquetFile())) {
            checkCount(file, rows.rowCount(), meta);
        }
    }

    private void verify(Path file, Digest digest) throws IOException {
        try (DiskFile written = disk.openReadOnly(file)) {
            digest.verify(written, file);
        }
    }

    private static void checkCount(Path file, int rows, SegmentMeta meta) {
        if (rows != meta.rows()) {
            throw CorruptStoreException.at(file, 0, "has " + rows + " rows instead of " + meta.rows());
        }
    }

    private void publish(Path file, List<Path> made) throws IOException {
        disk.rename(temporary(file), file);
        made.remove(temporary(file));
        made.add(file);
    }

    private void discard(List<Path> made, Throwable failure) {
        for (Path file : made) {
            try {
                if (disk.exists(file)) {
                    disk.delete(file);
                }
            } catch (IOException | RuntimeException left) {
                failure.addSuppressed(left);
            }
        }
    }
}
