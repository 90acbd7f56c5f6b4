package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.Numbers;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The bytes of a log segment, format version 1, little-endian.
 *
 * <pre>
 *   header, 64 B   magic "AFWL" 4 B | version u16 | flags u16, zero | store id 16 B, as it is read |
 *                  first lsn u64 | first position u64
 *                  | first change u64 | created, epoch ms u64 | file length u32 | crc32c u32 of the 60 B before
 *   record         length u32, of the whole record | crc32c u32 | lsn u64 | forced u32 | type u8 | body
 * </pre>
 *
 * The checksum of a record covers store id and first lsn of its segment, then its length, then what stands behind the
 * checksum.
 */
final class WalFormat {

    static final int VERSION = 1;
    static final int HEADER_BYTES = 64;
    /** What stands before the type of an entry. */
    static final int PREFIX_BYTES = 20;
    /** Prefix and type: the shortest record, which is a mark. */
    static final int MARK_BYTES = PREFIX_BYTES + 1;
    static final int MIN_SEGMENT_BYTES = HEADER_BYTES + 2 * MARK_BYTES;
    /** Leaves room for the rest of the segment in one array. */
    static final int MAX_RECORD_BYTES = 1 << 30;
    static final String SUFFIX = ".wal";
    static final String TEMPORARY_SUFFIX = ".tmp";

    private static final int MAGIC = 'A' | 'F' << 8 | 'W' << 16 | 'L' << 24;
    private static final int HEADER_CHECKED_BYTES = 60;
    /** In the place of an entry's type, of which none is 6. */
    private static final int MARK = 6;
    private static final int CHECKSUM_OFFSET = 4;
    private static final int LSN_OFFSET = 8;
    private static final int FORCED_OFFSET = 16;
    private static final int NAME_DIGITS = 20;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private WalFormat() {}

    /**
     * What a segment begins with.
     *
     * @param storeId whose log it is
     * @param firstLsn the number of its first record
     * @param firstPosition the position of the next event when it began
     * @param firstChange the number of the next change of a state when it began
     * @param createdMillis when it began
     * @param fileBytes the length of its file, which never changes
     */
    record Header(UUID storeId, long firstLsn, long firstPosition, long firstChange, long createdMillis,
            int fileBytes) {

        /** The numbers before its first record. */
        Numbers before() {
            return new Numbers(firstLsn - 1, firstPosition, firstChange);
        }

        byte[] toBytes() {
            ByteWriter out = new ByteWriter(HEADER_BYTES);
            out.u32(MAGIC);
            out.u16(VERSION);
            out.u16(0);
            out.u64(Long.reverseBytes(storeId.getMostSignificantBits()));
            out.u64(Long.reverseBytes(storeId.getLeastSignificantBits()));
            out.u64(firstLsn);
            out.u64(firstPosition);
            out.u64(firstChange);
            out.u64(createdMillis);
            out.u32(fileBytes);
            out.u32(crc(out.array(), HEADER_CHECKED_BYTES));
            return out.toByteArray();
        }
    }

    private static int crc(byte[] bytes, int count) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, count);
        return (int) crc.getValue();
    }

    /**
     * Reads a segment's header.
     *
     * @throws CorruptStoreException if it is not what was written
     * @throws UnsupportedFormatException if a newer version wrote it
     */
    static Header header(Path file, byte[] bytes, int length) {
        if (length < HEADER_BYTES) {
            throw CorruptStoreException.at(file, 0, "a segment of " + length + " bytes has no whole header");
        }
        ByteReader in = new ByteReader(bytes, 0, HEADER_BYTES);
        int magic = in.u32();
        int version = in.u16();
        int flags = in.u16();
        UUID storeId = new UUID(Long.reverseBytes(in.u64()), Long.reverseBytes(in.u64()));
        Header header = new Header(storeId, in.u64(), in.u64(), in.u64(), in.u64(), in.u32());
        if (magic != MAGIC || in.u32() != crc(bytes, HEADER_CHECKED_BYTES)) {
            throw CorruptStoreException.at(file, 0, "the header is damaged");
        }
        if (version != VERSION || flags != 0) {
            throw new UnsupportedFormatException("file=" + file + ": log format version " + version + " with flags "
                    + flags + ", known is version " + VERSION + " without any");
        }
        return header;
    }

    /** The name of the segment that begins with a number. */
    static String name(long firstLsn) {
        return String.format(Locale.ROOT, "%0" + NAME_DIGITS + "d", firstLsn) + SUFFIX;
    }

    static boolean isSegment(Path file) {
        return file.getFileName().toString().endsWith(SUFFIX);
    }

    static boolean isTemporary(Path file) {
        return file.getFileName().toString().endsWith(TEMPORARY_SUFFIX);
    }

    /**
     * The number that a segment's name says.
     *
     * @throws UnsupportedFormatException if no version of ours gives such a name
     */
    static long firstLsn(Path file) {
        String name = file.getFileName().toString();
        String digits = name.substring(0, name.length() - SUFFIX.length());
        boolean number = digits.length() == NAME_DIGITS && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                && digits.charAt(0) == '0';
        if (!number) {
            throw new UnsupportedFormatException("file=" + file + ": no log segment has this name");
        }
        return Long.parseLong(digits);
    }

    /** Writes a mark, which is a record without an entry. */
    static void mark(ByteWriter out) {
        beginRecord(out);
        out.u8(MARK);
    }

    /** Whether the record at an offset is a mark. */
    static boolean isMark(byte[] bytes, int at) {
        return bytes[at + PREFIX_BYTES] == MARK && length(bytes, at) == MARK_BYTES;
    }

    /** Leaves room for the prefix of a record, which {@link Checksum#finish} fills in. */
    static void beginRecord(ByteWriter out) {
        out.u64(0);
        out.u64(0);
        out.u32(0);
    }

    static int length(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    static long lsn(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at + LSN_OFFSET);
    }

    /** The last record that was known to be forced when the one here was written. */
    static long forcedLsn(byte[] bytes, int at) {
        return lsn(bytes, at) - ((int) INT.get(bytes, at + FORCED_OFFSET) & 0xFFFF_FFFFL);
    }

    /** The checksums of one segment's records. Not thread-safe. */
    static final class Checksum {

        private static final int LENGTH_OFFSET = 24;

        private final CRC32C crc = new CRC32C();
        /** Store id, first lsn and the length of the record at hand. */
        private final byte[] seed = new byte[28];

        Checksum(UUID storeId, long firstLsn) {
            LONG.set(seed, 0, Long.reverseBytes(storeId.getMostSignificantBits()));
            LONG.set(seed, 8, Long.reverseBytes(storeId.getLeastSignificantBits()));
            LONG.set(seed, 16, firstLsn);
        }

        /** Fills in the prefix of the record that goes from an offset to the end of what was written. */
        void finish(ByteWriter out, int at, long lsn, long forcedLsn) {
            int length = out.size() - at;
            out.u32At(at, length);
            out.u64At(at + LSN_OFFSET, lsn);
            out.u32At(at + FORCED_OFFSET, Math.toIntExact(lsn - forcedLsn));
            out.u32At(at + CHECKSUM_OFFSET, of(out.array(), at, length));
        }

        private int of(byte[] bytes, int at, int length) {
            crc.reset();
            INT.set(seed, LENGTH_OFFSET, length);
            crc.update(seed, 0, seed.length);
            crc.update(bytes, at + LSN_OFFSET, length - LSN_OFFSET);
            return (int) crc.getValue();
        }

        /** Whether a whole record of this segment stands at an offset, and ends before the end. */
        boolean isWhole(byte[] bytes, int at, int end) {
            if (!fits(bytes, at, end)) {
                return false;
            }
            return of(bytes, at, length(bytes, at)) == (int) INT.get(bytes, at + CHECKSUM_OFFSET);
        }

        /** Whether the length at an offset can be one. */
        static boolean fits(byte[] bytes, int at, int end) {
            if (end - at < MARK_BYTES) {
                return false;
            }
            int length = length(bytes, at);
            return length >= MARK_BYTES && length <= end - at;
        }
    }
}
