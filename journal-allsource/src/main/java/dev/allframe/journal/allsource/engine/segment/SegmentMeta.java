package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.store.CorruptStoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the manifest says of a segment.
 *
 * @param id never used for another segment of the store
 * @param firstPosition the lowest position of its rows
 * @param lastPosition the highest
 * @param rows how many, one or more
 * @param minTimestamp the earliest time of its rows
 * @param maxTimestamp the latest
 * @param rowFile its row file as it was written; the file itself may have been deleted to make room
 * @param parquetFile its Parquet file; empty until it is written
 * @param payloadBytes of the payloads of its rows; empty where the manifest does not say
 */
public record SegmentMeta(long id, long firstPosition, long lastPosition, int rows, Instant minTimestamp,
        Instant maxTimestamp,
        Digest rowFile, Optional<Digest> parquetFile, OptionalLong payloadBytes) {

    public SegmentMeta {
        if (id < 0 || rows < 1 || lastPosition - firstPosition < rows - 1L || maxTimestamp.isBefore(minTimestamp)) {
            throw new IllegalArgumentException("not a segment: id=" + id + " rows=" + rows + " positions="
                    + firstPosition + ".." + lastPosition + " times=" + minTimestamp + ".." + maxTimestamp);
        }
    }

    SegmentMeta withParquetFile(Digest newParquetFile) {
        return new SegmentMeta(id, firstPosition, lastPosition, rows, minTimestamp, maxTimestamp, rowFile,
                Optional.of(newParquetFile), payloadBytes);
    }

    /**
     * The name of a file that the manifest names.
     *
     * @throws CorruptStoreException if it is missing
     */
    public Path named(Disk disk, SegmentFile file, Path directory) throws IOException {
        Path name = file.find(disk, directory, id);
        if (!disk.exists(name)) {
            throw missing(name);
        }
        return name;
    }

    /** A file is not there. */
    public static CorruptStoreException missing(Path file) {
        return CorruptStoreException.at(file, 0, "is missing, and the manifest names it");
    }

    /** The files that it has: a row file may be missing nevertheless, where it was deleted to make room. */
    public Set<SegmentFile> files() {
        return parquetFile.isPresent() ? EnumSet.allOf(SegmentFile.class) : EnumSet.of(SegmentFile.ROWS);
    }

    static SegmentMeta of(long id, RowBounds bounds, Digest rowFile, Optional<Digest> parquetFile, long payloadBytes) {
        return new SegmentMeta(id, bounds.firstPosition(), bounds.lastPosition(), bounds.rows(),
                Instant.ofEpochMilli(bounds.minMillis()), Instant.ofEpochMilli(bounds.maxMillis()), rowFile,
                parquetFile, OptionalLong.of(payloadBytes));
    }
}
