package dev.allframe.journal.allsource.tables;

import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The file {@code FLUSHED} beside RocksDB's: how far its tables are known to be on disk. RocksDB takes a damaged end of
 * its manifest for a write that a crash ended, and would open with older contents; this tells.
 * <pre>
 *   magic "AFFL" 4 B | version u16 | flags u16, zero | RocksDB's sequence number u64 | crc32c u32 over these
 * </pre>
 */
final class FlushWitness {

    static final String NAME = "FLUSHED";

    private static final int MAGIC = 0x4C464641; // "AFFL", little-endian
    private static final int VERSION = 1;
    private static final int CHECKED_BYTES = 16;
    private static final int BYTES = CHECKED_BYTES + 4;

    private FlushWitness() {}

    /**
     * Replaces the file; it is on disk when this returns.
     *
     * @throws NoSpaceException if there is no room; it is as it was, and may be replaced later
     */
    static void write(Path directory, long sequenceNumber) throws IOException {
        try {
            FlatDirectory.replace(directory.resolve(NAME), encode(sequenceNumber));
        } catch (IOException failure) {
            throw NoSpaceException.where(failure);
        }
    }

    /** The sequence number that is known to be on disk. */
    static long read(Path directory) {
        Path file = directory.resolve(NAME);
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException failure) {
            throw new CorruptStoreException("file=" + file + ": cannot be read", failure);
        }
        return decode(file, bytes);
    }

    static byte[] encode(long sequenceNumber) {
        ByteWriter out = new ByteWriter(BYTES);
        out.u32(MAGIC);
        out.u16(VERSION);
        out.u16(0);
        out.u64(sequenceNumber);
        out.u32(checksum(out.array()));
        return out.toByteArray();
    }

    private static long decode(Path file, byte[] bytes) {
        if (bytes.length != BYTES) {
            throw CorruptStoreException.at(file, 0, "has " + bytes.length + " bytes, not " + BYTES);
        }
        ByteReader in = new ByteReader(bytes);
        int magic = in.u32();
        int version = in.u16();
        in.skip(2);
        long sequenceNumber = in.u64();
        if (in.u32() != checksum(bytes) || magic != MAGIC) {
            throw CorruptStoreException.at(file, 0, "the checksum is wrong");
        }
        if (version != VERSION) {
            throw new UnsupportedFormatException("file=" + file + ": has version " + version + ", known is " + VERSION);
        }
        return sequenceNumber;
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CHECKED_BYTES);
        return (int) crc.getValue();
    }
}
