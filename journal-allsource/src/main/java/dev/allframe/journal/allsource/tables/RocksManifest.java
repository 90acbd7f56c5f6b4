package dev.allframe.journal.allsource.tables;

import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.store.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Compares the checksums in RocksDB's manifest before RocksDB reads it: version 11.8.1 does not always refuse a damaged
 * record, but may read it for ever.
 * <pre>
 *   CURRENT    the manifest's name and a line feed
 *   manifest   blocks of 32 KiB with records: masked crc32c u32 over what is behind length | length u16 | type u8 |
 *              as many bytes;
 *              up to 6 bytes at the end of a block that no record fits in
 * </pre>
 * A record that the file's end cuts is what a crash leaves, and is left to RocksDB; {@link FlushWitness} tells whether
 * it counted. So is a bad record that a power loss leaves of what was not forced, but that one RocksDB must not see:
 * the manifest is cut before it.
 *
 * @param file the manifest
 * @param wholeBytes the length of the records before the first bad one, or the file's
 * @param damage the first bad record; null where there is none
 */
record RocksManifest(Path file, int wholeBytes, @Nullable CorruptStoreException damage) {

    private static final Pattern CURRENT = Pattern.compile("MANIFEST-\\d+\n");
    private static final int BLOCK = 32 * 1024;
    private static final int HEADER = 7;

    /** RocksDB stores checksums turned and with this added. */
    private static final int MASK = 0xA282EAD8;

    /**
     * Reads it.
     *
     * @throws CorruptStoreException if one of the files is missing
     */
    static RocksManifest of(Path directory) {
        Path current = directory.resolve("CURRENT");
        String name = new String(read(current), StandardCharsets.ISO_8859_1);
        if (!CURRENT.matcher(name).matches()) {
            throw CorruptStoreException.at(current, 0, "names no manifest");
        }
        Path file = directory.resolve(name.strip());
        return checked(file, read(file));
    }

    /** Cuts it before the first bad record, durably. */
    void cut() throws IOException {
        try (DiskFile cut = new RealDisk().open(file)) {
            cut.truncate(wholeBytes);
            cut.force();
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failure) {
            throw new CorruptStoreException("file=" + file + ": cannot be read", failure);
        }
    }

    private static RocksManifest checked(Path file, byte[] manifest) {
        ByteBuffer bytes = ByteBuffer.wrap(manifest).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (manifest.length - at >= HEADER) {
            int left = BLOCK - at % BLOCK;
            if (left < HEADER) {
                at += left;
                continue;
            }
            int length = bytes.getShort(at + 4) & 0xFFFF;
            if (HEADER + length > left) {
                return bad(file, at, "a record is longer than its block");
            }
            if (HEADER + length > manifest.length - at) {
                break;
            }
            CRC32C crc = new CRC32C();
            crc.update(manifest, at + HEADER - 1, length + 1);
            if (Integer.rotateRight((int) crc.getValue(), 15) + MASK != bytes.getInt(at)) {
                return bad(file, at, "the checksum of a record is wrong");
            }
            at += HEADER + length;
        }
        return new RocksManifest(file, manifest.length, null);
    }

    private static RocksManifest bad(Path file, int at, String what) {
        return new RocksManifest(file, at, CorruptStoreException.at(file, at, what));
    }
}
