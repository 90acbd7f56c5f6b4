package dev.allframe.journal.allsource.views;

import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.tables.FlatDirectory;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.view.Replacement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The file {@code REPLACED} of a view: what is noted of generations that one of other code has replaced. It may have
 * notes of generations that are gone, which say nothing. Little-endian.
 * <pre>
 *   magic "AFVR" 4 B | version u16 | flags u16, zero | count u32
 *   each    generation u64 | version of the code u32 | replaced at, ms u64 | kept until, ms u64
 *   crc32c u32 over these
 * </pre>
 *
 * @param notes by the numbers of generations, ascending
 */
record ReplacedGenerations(SortedMap<Long, Replacement> notes) {

    static final String FILE = "REPLACED";
    static final ReplacedGenerations NONE = new ReplacedGenerations(new TreeMap<>());

    private static final int MAGIC = 'A' | 'F' << 8 | 'V' << 16 | 'R' << 24;
    private static final int VERSION = 1;
    private static final int HEAD_BYTES = 12;
    private static final int NOTE_BYTES = 28;
    private static final int CHECKSUM_BYTES = 4;

    ReplacedGenerations {
        notes = Collections.unmodifiableSortedMap(new TreeMap<>(notes));
    }

    /**
     * What is noted in the directory of a view; nothing where the file is missing.
     *
     * @throws CorruptStoreException if the file is damaged
     * @throws UnsupportedFormatException if a newer version wrote it
     */
    static ReplacedGenerations read(Path viewDirectory) throws IOException {
        Path file = viewDirectory.resolve(FILE);
        try {
            return decode(file, Files.readAllBytes(file));
        } catch (NoSuchFileException missing) {
            return NONE;
        }
    }

    /** Writes the notes durably, in place of those that were there. */
    void write(Path viewDirectory) throws IOException {
        Path file = viewDirectory.resolve(FILE);
        if (!notes.isEmpty()) {
            FlatDirectory.replace(file, encode());
        } else if (Files.deleteIfExists(file)) {
            FlatDirectory.forceOne(viewDirectory);
        }
    }

    /** With a note more, in place of an earlier one of the same generation. */
    ReplacedGenerations with(long generation, Replacement note) {
        SortedMap<Long, Replacement> more = new TreeMap<>(notes);
        more.put(generation, note);
        return new ReplacedGenerations(more);
    }

    /** Without the note of a generation. */
    ReplacedGenerations without(long generation) {
        SortedMap<Long, Replacement> fewer = new TreeMap<>(notes);
        fewer.remove(generation);
        return new ReplacedGenerations(fewer);
    }

    byte[] encode() {
        ByteWriter out = new ByteWriter(HEAD_BYTES + notes.size() * NOTE_BYTES + CHECKSUM_BYTES);
        out.u32(MAGIC);
        out.u16(VERSION);
        out.u16(0);
        out.u32(notes.size());
        notes.forEach((generation, note) -> {
            out.u64(generation);
            out.u32(note.version());
            out.u64(note.at().toEpochMilli());
            out.u64(note.keptUntil().toEpochMilli());
        });
        out.u32(checksum(out.array(), HEAD_BYTES + notes.size() * NOTE_BYTES));
        return out.toByteArray();
    }

    private static ReplacedGenerations decode(Path file, byte[] bytes) {
        int checked = bytes.length - CHECKSUM_BYTES;
        if (checked < HEAD_BYTES) {
            throw CorruptStoreException.at(file, 0, "has " + bytes.length + " bytes, which is too short");
        }
        ByteReader in = new ByteReader(bytes);
        int magic = in.u32();
        int version = in.u16();
        in.skip(2);
        int count = in.u32();
        ByteReader end = new ByteReader(bytes);
        end.skip(checked);
        if (end.u32() != checksum(bytes, checked) || magic != MAGIC) {
            throw CorruptStoreException.at(file, 0, "the checksum is wrong");
        }
        if (version != VERSION) {
            throw new UnsupportedFormatException("file=" + file + ": has version " + version + ", known is " + VERSION);
        }
        if (count != (checked - HEAD_BYTES) / NOTE_BYTES || (checked - HEAD_BYTES) % NOTE_BYTES != 0) {
            throw CorruptStoreException.at(file, HEAD_BYTES, "has not the " + count + " notes that it names");
        }
        SortedMap<Long, Replacement> notes = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            notes.put(in.u64(), new Replacement(in.u32(), Instant.ofEpochMilli(in.u64()),
                    Instant.ofEpochMilli(in.u64())));
        }
        return new ReplacedGenerations(notes);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
