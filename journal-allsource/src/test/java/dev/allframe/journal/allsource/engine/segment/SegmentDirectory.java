package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A directory of segments on some disk.
 *
 * @param disk counts reads
 * @param path the directory
 */
record SegmentDirectory(CountingDisk disk, Path path) {

    static final long ID = 7;

    static SegmentDirectory inMemory() throws IOException {
        return on(new MemoryDisk(), Path.of("/segments"));
    }

    static SegmentDirectory on(Disk disk, Path path) throws IOException {
        disk.createDirectories(path);
        return new SegmentDirectory(new CountingDisk(disk), path);
    }

    SegmentMeta seal(List<StoredEvent> rows) throws IOException {
        return seal(ID, rows);
    }

    SegmentMeta seal(long id, List<StoredEvent> rows) throws IOException {
        return new EventSegmentWriter(disk, path, SampleRows.STORE).writeBoth(id, rows.iterator());
    }

    /** Opens the Parquet file that the manifest would name. */
    ParquetSegment open(SegmentMeta meta) throws IOException {
        return ParquetSegment.open(disk, SegmentFile.PARQUET.in(path, meta.id()), SampleRows.STORE, meta.id(),
                meta.parquetFile().orElseThrow());
    }

    /** Opens a file as it is, whatever the manifest says of it. */
    SealedRows open(SegmentFile kind) throws IOException {
        return open(kind, ID);
    }

    SealedRows open(SegmentFile kind, long id) throws IOException {
        Path file = kind.in(path, id);
        return switch (kind) {
            case ROWS -> RowFile.open(disk, file, SampleRows.STORE, id);
            case PARQUET -> ParquetSegment.open(disk, file, SampleRows.STORE, id, digest(disk, file));
        };
    }

    static Digest digest(Disk disk, Path file) throws IOException {
        try (DiskFile in = disk.openReadOnly(file)) {
            return Digest.of(in);
        }
    }

    byte[] contents(SegmentFile kind) throws IOException {
        return contents(kind.in(path, ID));
    }

    byte[] contents(Path file) throws IOException {
        try (DiskFile in = disk.openReadOnly(file)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(in.length()));
            in.read(bytes, 0);
            return bytes.array();
        }
    }

    void put(Path file, byte[] bytes) throws IOException {
        if (disk.exists(file)) {
            disk.delete(file);
        }
        try (DiskFile out = disk.create(file)) {
            out.write(ByteBuffer.wrap(bytes), 0);
        }
    }

    void put(SegmentFile kind, byte[] bytes) throws IOException {
        put(kind.in(path, ID), bytes);
    }
}
