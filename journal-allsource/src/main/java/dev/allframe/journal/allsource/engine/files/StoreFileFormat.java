package dev.allframe.journal.allsource.engine.files;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The file that says which store a directory is.
 *
 * <h2>Format, version 1, little-endian</h2>
 * <pre>
 *   magic "AFST" 4 B | version u16 | flags u16, zero | store id 16 B | created, epoch ms u64 |
 *   crc32c u32 over the 32 bytes before it
 * </pre>
 * It is the last file that is written when a store is created: where it is, everything else is.
 */
public final class StoreFileFormat {

    private static final int MAGIC = 'A' | 'F' << 8 | 'S' << 16 | 'T' << 24;
    private static final int VERSION = 1;
    private static final int CHECKED_BYTES = 32;
    private static final int BYTES = CHECKED_BYTES + Integer.BYTES;

    private StoreFileFormat() {}

    public static void write(Disk disk, Path directory, UUID storeId, long createdMillis) throws IOException {
        ByteWriter out = new ByteWriter(BYTES);
        out.u32(MAGIC);
        out.u16(VERSION);
        out.u16(0);
        out.u64(storeId.getMostSignificantBits());
        out.u64(storeId.getLeastSignificantBits());
        out.u64(createdMillis);
        out.u32(checksum(out.array()));
        Path temporary = directory.resolve(StoreLayout.STORE + ".tmp");
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        try (DiskFile file = disk.create(temporary)) {
            file.write(ByteBuffer.wrap(out.toByteArray()), 0);
            file.force();
        }
        disk.rename(temporary, directory.resolve(StoreLayout.STORE));
        disk.forceDirectory(directory);
    }

    /**
     * The id of the store in a directory.
     *
     * @throws CorruptStoreException if the file is not what was written
     * @throws UnsupportedFormatException if a newer version wrote it
     */
    public static UUID read(Disk disk, Path directory) throws IOException {
        return read(disk, directory, StoreLayout.STORE);
    }

    /** As {@link #read(Disk, Path)}, where the file has another name. */
    public static UUID read(Disk disk, Path directory, String name) throws IOException {
        Path path = directory.resolve(name);
        byte[] bytes = new byte[BYTES];
        try (DiskFile file = disk.openReadOnly(path)) {
            if (file.read(ByteBuffer.wrap(bytes), 0) < BYTES) {
                throw CorruptStoreException.at(path, 0, "the file is cut");
            }
        }
        ByteReader in = new ByteReader(bytes);
        if (in.u32() != MAGIC) {
            throw CorruptStoreException.at(path, 0, "this is not the identity of a store");
        }
        int version = in.u16();
        int flags = in.u16();
        UUID storeId = new UUID(in.u64(), in.u64());
        in.u64();
        if (in.u32() != checksum(bytes)) {
            throw CorruptStoreException.at(path, CHECKED_BYTES, "the checksum does not match");
        }
        if (version != VERSION || flags != 0) {
            throw new UnsupportedFormatException("file=" + path + " has format version " + version
                    + ", this code reads " + VERSION);
        }
        return storeId;
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CHECKED_BYTES);
        return (int) crc.getValue();
    }
}
