package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.EntryCodec;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.log.Numbers;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log from its files and changes nothing. Not thread-safe; a log that is being written must not be read.
 *
 * <p>Segments follow each other without a gap; all but the last are whole. In the last, reading ends at the first
 * record that is not whole, and {@link TornEnd} says whether that is the end of the log or damage. Entries are
 * delivered as they are read: where damage is found later, those before it were delivered.
 */
public final class WalReader {

    private static final byte[] ZEROS = new byte[1 << 12];

    private final Disk disk;
    private final TornEnd tornEnd;
    private final WalConsumer consumer;
    private @Nullable UUID storeId;

    private byte[] bytes = new byte[0];
    private int fileBytes;

    private Numbers numbers = Numbers.FIRST;
    private boolean endsWithMark;

    WalReader(Disk disk, @Nullable UUID storeId, TornEnd tornEnd, WalConsumer consumer) {
        this.disk = disk;
        this.storeId = storeId;
        this.tornEnd = tornEnd;
        this.consumer = consumer;
    }

    /**
     * Reads the log of a store.
     *
     * @param afterLsn entries up to this one are not needed: they are not delivered, and their segments may be missing
     * @throws CorruptStoreException if something is missing or is not what was written
     * @throws UnsupportedFormatException if a newer version wrote it, or another store
     */
    public static WalContents read(Disk disk, Path directory, UUID storeId, long afterLsn, WalConsumer consumer)
            throws IOException {
        return new WalReader(disk, storeId, TornEnd.UNLESS_A_RECORD_PROVES_IT_FORCED, consumer)
                .read(directory, afterLsn);
    }

    /**
     * Reads a log from its first segment that is there, whichever store it belongs to.
     *
     * @throws CorruptStoreException if something is missing or is not what was written
     * @throws UnsupportedFormatException if a newer version wrote it
     */
    public static WalContents readAll(Disk disk, Path directory, WalConsumer consumer) throws IOException {
        WalReader reader = new WalReader(disk, null, TornEnd.UNLESS_A_RECORD_PROVES_IT_FORCED, consumer);
        List<WalContents.Segment> segments = reader.segments(directory);
        return reader.read(segments, segments.isEmpty() ? 0 : segments.getFirst().firstLsn() - 1);
    }

    WalContents read(Path directory, long afterLsn) throws IOException {
        return read(segments(directory), afterLsn);
    }

    /** Zeros sort the names by number, as all have the same length. */
    private List<WalContents.Segment> segments(Path directory) throws IOException {
        return disk.list(directory)
                .stream()
                .filter(WalFormat::isSegment)
                .map(file -> new WalContents.Segment(file, WalFormat.firstLsn(file)))
                .toList();
    }

    private WalContents read(List<WalContents.Segment> segments, long afterLsn) throws IOException {
        if (segments.isEmpty()) {
            if (afterLsn > 0) {
                throw new CorruptStoreException("the log is missing: it had entries up to " + afterLsn);
            }
            return new WalContents(storeId, segments, Numbers.FIRST, false, null);
        }
        WalContents.Segment first = segments.getFirst();
        if (first.firstLsn() > afterLsn + 1) {
            throw CorruptStoreException.at(first.file(), 0, "the entries from " + (afterLsn + 1) + " to "
                    + (first.firstLsn() - 1) + " are missing before it");
        }
        int start = segments.size() - 1;
        while (segments.get(start).firstLsn() > afterLsn + 1) {
            start--;
        }
        for (int i = start; i < segments.size() - 1; i++) {
            begin(segments.get(i), i == start);
            readWhole(segments.get(i), segments.get(i + 1).firstLsn(), afterLsn);
        }
        begin(segments.getLast(), start == segments.size() - 1);
        WalContents.End end = readLast(segments.getLast(), afterLsn);
        if (numbers.lastLsn() < afterLsn) {
            throw CorruptStoreException.at(end.file(), end.wholeEnd(),
                    "the log ends with entry " + numbers.lastLsn() + ", it had entries up to " + afterLsn);
        }
        return new WalContents(storeId, segments, numbers, endsWithMark, end);
    }

    /** Loads a segment and checks that it goes on where the one before ended. */
    private void begin(WalContents.Segment segment, boolean first) throws IOException {
        load(segment.file());
        WalFormat.Header header = WalFormat.header(segment.file(), bytes, fileBytes);
        if (storeId == null) {
            storeId = header.storeId();
        }
        if (!header.storeId().equals(storeId)) {
            throw new UnsupportedFormatException("file=" + segment.file() + ": it belongs to the store "
                    + header.storeId() + ", not to " + storeId);
        }
        if (header.fileBytes() != fileBytes) {
            throw CorruptStoreException.at(segment.file(), Math.min(fileBytes, header.fileBytes()), "the file has "
                    + fileBytes + " bytes, it had " + header.fileBytes());
        }
        if (header.firstLsn() != segment.firstLsn()) {
            throw CorruptStoreException.at(segment.file(), 0, "its name is not that of a segment which begins with "
                    + header.firstLsn());
        }
        Numbers before = header.before();
        if (first) {
            numbers = before;
        } else if (!before.equals(numbers)) {
            throw CorruptStoreException.at(segment.file(), 0, "it begins with position " + before.nextPosition()
                    + " and change " + before.nextChange() + ", not with " + numbers.nextPosition() + " and "
                    + numbers.nextChange());
        }
    }

    private void load(Path path) throws IOException {
        try (DiskFile file = disk.openReadOnly(path)) {
            long length = file.length();
            if (length > Integer.MAX_VALUE - 16) {
                throw CorruptStoreException.at(path, 0, "a segment is not as long as " + length + " bytes");
            }
            if (bytes.length < length) {
                bytes = new byte[(int) length];
            }
            fileBytes = (int) length;
            int count = file.read(ByteBuffer.wrap(bytes, 0, fileBytes), 0);
            if (count < fileBytes) {
                throw CorruptStoreException.at(path, count, "the file ends before its length of " + fileBytes);
            }
        }
    }

    /** Reads a segment that another follows: nothing of it may be missing. */
    private void readWhole(WalContents.Segment segment, long endLsn, long afterLsn) {
        int end = readRecords(segment, endLsn, afterLsn);
        if (nextLsn() < endLsn) {
            throw CorruptStoreException.at(segment.file(), end, "entry " + nextLsn() + " is damaged or missing");
        }
        var checksum = new WalFormat.Checksum(owner(), segment.firstLsn());
        if (checksum.isWhole(bytes, end, fileBytes) && WalFormat.lsn(bytes, end) == nextLsn()) {
            throw CorruptStoreException.at(segment.file(), end, "entry " + nextLsn() + " is in the next segment too");
        }
    }

    private WalContents.End readLast(WalContents.Segment segment, long afterLsn) {
        int wholeEnd = readRecords(segment, Long.MAX_VALUE, afterLsn);
        int usedEnd = Math.max(wholeEnd, endOfData(bytes, fileBytes));
        if (usedEnd > wholeEnd) {
            var checksum = new WalFormat.Checksum(owner(), segment.firstLsn());
            tornEnd.check(segment.file(), bytes, wholeEnd, usedEnd, fileBytes, nextLsn(), checksum);
        }
        int unproven = unproven(segment.firstLsn(), wholeEnd);
        return new WalContents.End(segment.file(), unproven, wholeEnd, usedEnd,
                Arrays.copyOfRange(bytes, unproven, wholeEnd));
    }

    /** Delivers records up to a number or to the first that is not whole, and says where it stopped. */
    private int readRecords(WalContents.Segment segment, long endLsn, long afterLsn) {
        var checksum = new WalFormat.Checksum(owner(), segment.firstLsn());
        int at = WalFormat.HEADER_BYTES;
        while (nextLsn() < endLsn && checksum.isWhole(bytes, at, fileBytes) && WalFormat.lsn(bytes, at) == nextLsn()) {
            int length = WalFormat.length(bytes, at);
            endsWithMark = WalFormat.isMark(bytes, at);
            if (endsWithMark) {
                numbers = numbers.passed(nextLsn());
                if (numbers.lastLsn() > afterLsn) {
                    consumer.mark(numbers.lastLsn());
                }
            } else {
                LogEntry entry = entry(segment.file(), at, length);
                count(segment.file(), at, entry);
                if (numbers.lastLsn() > afterLsn) {
                    consumer.entry(numbers.lastLsn(), entry, length - WalFormat.PREFIX_BYTES);
                }
            }
            at += length;
        }
        return at;
    }

    private long nextLsn() {
        return numbers.lastLsn() + 1;
    }

    private LogEntry entry(Path file, int at, int length) {
        ByteReader in = new ByteReader(bytes, at + WalFormat.PREFIX_BYTES, length - WalFormat.PREFIX_BYTES);
        LogEntry entry;
        try {
            entry = EntryCodec.read(in, owner().toString());
        } catch (RuntimeException unreadable) {
            throw unreadable(file, at, Failures.message(unreadable), unreadable);
        }
        if (in.remaining() > 0) {
            throw unreadable(file, at, in.remaining() + " bytes are left over", null);
        }
        return entry;
    }

    /** The checksum is right, so these are the bytes that somebody wrote. */
    private UnsupportedFormatException unreadable(Path file, int at, @Nullable String why, @Nullable Throwable cause) {
        var unsupported = new UnsupportedFormatException("file=" + file + " offset=" + at + ": entry " + nextLsn()
                + " is undamaged and cannot be read: " + why);
        if (cause != null) {
            unsupported.initCause(cause);
        }
        return unsupported;
    }

    private void count(Path file, int at, LogEntry entry) {
        try {
            numbers = numbers.after(entry);
        } catch (IllegalArgumentException notNext) {
            throw CorruptStoreException.at(file, at, "entry " + nextLsn() + " " + Failures.message(notNext));
        }
    }

    /** Where the first record stands that is above every number which a record of the segment calls forced. */
    private int unproven(long firstLsn, int wholeEnd) {
        long proven = 0;
        for (int at = WalFormat.HEADER_BYTES; at < wholeEnd; at += WalFormat.length(bytes, at)) {
            proven = Math.max(proven, WalFormat.forcedLsn(bytes, at));
        }
        int at = WalFormat.HEADER_BYTES;
        for (long lsn = firstLsn; lsn <= proven && at < wholeEnd; lsn++) {
            at += WalFormat.length(bytes, at);
        }
        return at;
    }

    private static int endOfData(byte[] bytes, int length) {
        int end = length;
        while (end >= ZEROS.length && Arrays.equals(bytes, end - ZEROS.length, end, ZEROS, 0, ZEROS.length)) {
            end -= ZEROS.length;
        }
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private UUID owner() {
        if (storeId == null) {
            throw new IllegalStateException("no segment has begun");
        }
        return storeId;
    }
}
