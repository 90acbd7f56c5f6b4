package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.store.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What a file must be: its length and the checksum of each MiB, so that damage is told with its place.
 *
 * @param length in bytes
 * @param crc32c of each MiB in order, the last of what is left
 */
public record Digest(long length, List<Integer> crc32c) {

    /** Bytes under one checksum. */
    public static final int CHUNK_BYTES = 1 << 20;

    public Digest {
        crc32c = List.copyOf(crc32c);
        if (length < 0 || crc32c.size() != (length + CHUNK_BYTES - 1) / CHUNK_BYTES) {
            throw new IllegalArgumentException(
                    "a file of " + length + " bytes does not have " + crc32c.size() + " checksums");
        }
    }

    /** Reads the whole file. */
    public static Digest of(DiskFile file) throws IOException {
        long length = file.length();
        List<Integer> sums = new ArrayList<>();
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(length, CHUNK_BYTES));
        for (long offset = 0; offset < length; offset += CHUNK_BYTES) {
            sums.add(checksum(file, offset, chunk));
        }
        return new Digest(length, sums);
    }

    /**
     * Reads the whole file and compares.
     *
     * @param name the file's name in messages
     * @throws CorruptStoreException if it is not what this says, with the offset of the first MiB that differs
     */
    public void verify(DiskFile file, Path name) throws IOException {
        verifyFrom(0, file, name);
    }

    /**
     * As {@link #verify}, but reads no more than the MiB in which a byte stands and all behind it.
     *
     * @param from the offset of that byte
     */
    void verifyFrom(long from, DiskFile file, Path name) throws IOException {
        if (file.length() != length) {
            throw CorruptStoreException.at(name, Math.min(length, file.length()),
                    "has " + file.length() + " bytes instead of " + length);
        }
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(length, CHUNK_BYTES));
        for (int i = Math.toIntExact(from / CHUNK_BYTES); i < crc32c.size(); i++) {
            verifyChunk(i, file, name, chunk);
        }
    }

    /** As {@link #verify}, but reads one MiB alone, into a buffer for that. */
    void verifyChunk(int number, DiskFile file, Path name, ByteBuffer chunk) throws IOException {
        long offset = (long) number * CHUNK_BYTES;
        if (checksum(file, offset, chunk) != crc32c.get(number)) {
            throw CorruptStoreException.at(name, offset, "this MiB does not have its checksum");
        }
    }

    private static int checksum(DiskFile file, long offset, ByteBuffer chunk) throws IOException {
        chunk.clear();
        file.read(chunk, offset);
        CRC32C crc = new CRC32C();
        crc.update(chunk.flip());
        return (int) crc.getValue();
    }
}
