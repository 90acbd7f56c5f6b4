package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes segments. What it returns is on disk, was read back and compared, and becomes part of the store when the
 * manifest names it. Until then a crash or a failure leaves at most files that no manifest names: temporary ones, or
 * whole ones that the next segment of the same id replaces.
 *
 * <p>Stateless; different segments may be made at once. The calling thread must not be interrupted.
 */
public final class EventSegmentWriter {

    private final Disk disk;
    private final Path directory;
    private final UUID storeId;

    /** Writes into a directory that exists. */
    public EventSegmentWriter(Disk disk, Path directory, UUID storeId) {
        this.disk = disk;
        this.directory = directory;
        this.storeId = storeId;
    }

    /**
     * Writes both files of a segment.
     *
     * @param segmentId an id that no segment in the manifest has
     * @param rows one to {@link SegmentLimits#MAX_ROWS}, in {@link RowOrder}
     * @throws IllegalArgumentException if the rows are none, too many, out of order or of another store, or have a text
     *         that UTF-8 cannot hold
     * @throws CorruptStoreException if the disk does not give back what was written
     * @throws IOException if the disk fails or is full
     */
    public SegmentMeta writeBoth(long segmentId, Iterator<StoredEvent> rows) throws IOException {
        return publishing(made -> {
            SegmentMeta meta;
            try (DiskFile hot = create(SegmentFile.ROWS, segmentId, made);
                    DiskFile cold = create(SegmentFile.PARQUET, segmentId, made)) {
                meta = write(segmentId, rows, hot, cold);
            }
            verifyRows(meta);
            verifyParquet(meta);
            publish(SegmentFile.PARQUET, segmentId, made);
            publish(SegmentFile.ROWS, segmentId, made);
            return meta;
        });
    }

    /** Writes the row file of a segment, as {@link #writeBoth} does; {@link #addParquetFile} writes the other. */
    public SegmentMeta writeRowFile(long segmentId, Iterator<StoredEvent> rows) throws IOException {
        return publishing(made -> {
            SegmentMeta meta;
            try (DiskFile hot = create(SegmentFile.ROWS, segmentId, made)) {
                meta = write(segmentId, rows, hot, null);
            }
            verifyRows(meta);
            publish(SegmentFile.ROWS, segmentId, made);
            return meta;
        });
    }

    /**
     * Writes the Parquet file of a segment from its row file.
     *
     * @param segment as the manifest has it
     * @param stopping asked for each row
     * @return with the Parquet file
     * @throws CorruptStoreException if the row file is damaged, or the disk does not give back what was written
     * @throws UncheckedIOException if the row file cannot be read
     * @throws IOException if the disk fails or is full
     */
    public SegmentMeta addParquetFile(SegmentMeta segment, Runnable stopping) throws IOException {
        return publishing(made -> {
            SegmentMeta more;
            try (RowFile rows = openRows(segment.id());
                    DiskFile cold = create(SegmentFile.PARQUET, segment.id(), made)) {
                checkCount(SegmentFile.ROWS.in(directory, segment.id()), rows.rowCount(), segment);
                more = segment.withParquetFile(copy(segment.id(), rows.rows(), cold, stopping));
            }
            verifyParquet(more);
            publish(SegmentFile.PARQUET, segment.id(), made);
            return more;
        });
    }

    /** Fails as reading its rows does, and not as writing the other file. */
    private RowFile openRows(long segmentId) {
        try {
            return RowFile.open(disk, SegmentFile.ROWS.in(directory, segmentId), storeId, segmentId);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private interface Work {

        SegmentMeta write(List<Path> made) throws IOException;
    }

    /** Nothing is left of it where it fails. */
    private SegmentMeta publishing(Work work) throws IOException {
        List<Path> made = new ArrayList<>();
        try {
            SegmentMeta meta = work.write(made);
            disk.forceDirectory(directory);
            return meta;
        } catch (Throwable failure) {
            discard(made, failure);
            throw failure;
        }
    }

    private Digest copy(long segmentId, Iterator<StoredEvent> rows, DiskFile to, Runnable stopping) throws IOException {
        RowSummary summary = new RowSummary(storeId);
        try (ParquetSegmentWriter out = new ParquetSegmentWriter(to, storeId, segmentId)) {
            while (rows.hasNext()) {
                stopping.run();
                StoredEvent row = rows.next();
                summary.add(row);
                out.add(row);
            }
            return out.finish(summary.bounds());
        }
    }

    private static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + SegmentFile.TEMPORARY);
    }

    private DiskFile create(SegmentFile file, long segmentId, List<Path> made) throws IOException {
        Path temporary = temporary(file.in(directory, segmentId));
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        made.add(temporary);
        return disk.create(temporary);
    }

    private SegmentMeta write(long segmentId, Iterator<StoredEvent> rows, DiskFile rowFile,
            @Nullable DiskFile parquetFile) throws IOException {
        RowSummary summary = new RowSummary(storeId);
        try (RowFileWriter hot = new RowFileWriter(rowFile, storeId, segmentId);
                ParquetSegmentWriter cold = parquetFile == null
                        ? null
                        : new ParquetSegmentWriter(parquetFile, storeId, segmentId)) {
            while (rows.hasNext()) {
                StoredEvent row = rows.next();
                summary.add(row);
                hot.add(row);
                if (cold != null) {
                    cold.add(row);
                }
            }
            RowBounds bounds = summary.bounds();
            Digest hotDigest = hot.finish(bounds);
            Optional<Digest> coldDigest = cold == null ? Optional.empty() : Optional.of(cold.finish(bounds));
            return SegmentMeta.of(segmentId, bounds, hotDigest, coldDigest, summary.payloadBytes());
        }
    }

    private void verifyRows(SegmentMeta meta) throws IOException {
        Path file = temporary(SegmentFile.ROWS.in(directory, meta.id()));
        verify(file, meta.rowFile());
        try (RowFile rows = RowFile.open(disk, file, storeId, meta.id())) {
            checkCount(file, rows.rowCount(), meta);
        }
    }

    private void verifyParquet(SegmentMeta meta) throws IOException {
        Path file = temporary(SegmentFile.PARQUET.in(directory, meta.id()));
        Digest digest = meta.parquetFile().orElseThrow();
        verify(file, digest);
        try (ParquetSegment rows = ParquetSegment.open(disk, file, storeId, meta.id(), digest)) {
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

    private void publish(SegmentFile kind, long segmentId, List<Path> made) throws IOException {
        Path file = kind.in(directory, segmentId);
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
