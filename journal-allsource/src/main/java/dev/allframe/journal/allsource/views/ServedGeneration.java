package dev.allframe.journal.allsource.views;

import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.tables.FlatDirectory;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The file {@code CURRENT} of a view: which generation is served, and which number was given last, so that none is
 * given twice.
 * <pre>
 *   magic "AFVW" 4 B | version u16 | flags u16, zero | served u64, 0 for none | last given u64 | crc32c u32 over these
 * </pre>
 *
 * @param served the number of the generation that is served, which may be gone; 0 for none
 * @param last the highest number that any generation of the view has had
 */
record ServedGeneration(long served, long last) {

    static final String FILE = "CURRENT";

    private static final int MAGIC = 'A' | 'F' << 8 | 'V' << 16 | 'W' << 24;
    private static final int VERSION = 1;
    private static final int CHECKED_BYTES = 24;
    private static final int BYTES = CHECKED_BYTES + 4;

    /**
     * What is said in the directory of a view; no generation where the file is missing.
     *
     * @throws CorruptStoreException if the file is damaged
     * @throws UnsupportedFormatException if a newer version wrote it
     */
    static ServedGeneration read(Path viewDirectory) throws IOException {
        Path file = viewDirectory.resolve(FILE);
        try {
            return decode(file, Files.readAllBytes(file));
        } catch (NoSuchFileException missing) {
            return new ServedGeneration(0, 0);
        }
    }

    /** Says it durably, in place of what was said. */
    void write(Path viewDirectory) throws IOException {
        FlatDirectory.replace(viewDirectory.resolve(FILE), encode());
    }

    byte[] encode() {
        ByteWriter out = new ByteWriter(BYTES);
        out.u32(MAGIC);
        out.u16(VERSION);
        out.u16(0);
        out.u64(served);
        out.u64(last);
        out.u32(checksum(out.array()));
        return out.toByteArray();
    }

    private static ServedGeneration decode(Path file, byte[] bytes) {
        if (bytes.length != BYTES) {
            throw CorruptStoreException.at(file, 0, "has " + bytes.length + " bytes, not " + BYTES);
        }
        ByteReader in = new ByteReader(bytes);
        int magic = in.u32();
        int version = in.u16();
        in.skip(2);
        long served = in.u64();
        long last = in.u64();
        if (in.u32() != checksum(bytes) || magic != MAGIC) {
            throw CorruptStoreException.at(file, 0, "the checksum is wrong");
        }
        if (version != VERSION) {
            throw new UnsupportedFormatException("file=" + file + ": has version " + version + ", known is " + VERSION);
        }
        return new ServedGeneration(served, last);
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CHECKED_BYTES);
        return (int) crc.getValue();
    }
}
