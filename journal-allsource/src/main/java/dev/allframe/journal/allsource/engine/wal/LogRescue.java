package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.EntryCodec;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads what is left of a damaged log: every whole record before and behind the damage. A record's checksum covers the
 * store's id and the number of its segment, so that what is taken for a record is one of this segment, wherever it
 * stands.
 *
 * <p>A torn end, which was never acknowledged, is no damage: reading ends there as it does when the store is opened.
 * For one thread, once.
 */
public final class LogRescue {

    private static final int PIECE_BYTES = 4096;

    private final Disk disk;
    private final Path directory;
    private final UUID storeId;
    private final WalConsumer consumer;
    private final List<Gap> gaps = new ArrayList<>();
    private long next;

    /**
     * Entries that could not be read.
     *
     * @param file where they stood, or behind or before which they should stand
     * @param offset in the file
     * @param firstLsn the number of the first
     * @param lastLsn the number of the last; {@link Long#MAX_VALUE} where nobody knows
     * @param why what is wrong
     */
    public record Gap(Path file, long offset, long firstLsn, long lastLsn, String why) {}

    /**
     * What was read.
     *
     * @param gaps what is missing, in order
     * @param lastLsn the number of the last entry that was read or must have been there
     */
    public record Found(List<Gap> gaps, long lastLsn) {}

    private LogRescue(Disk disk, Path directory, UUID storeId, WalConsumer consumer) {
        this.disk = disk;
        this.directory = directory;
        this.storeId = storeId;
        this.consumer = consumer;
    }

    /** The store that a log belongs to, by the first of its segments with a whole header; empty where there is none. */
    public static Optional<UUID> owner(Disk disk, Path directory) throws IOException {
        for (Path file : disk.list(directory)) {
            Optional<UUID> owner = WalFormat.isSegment(file) ? ownerOf(file, load(disk, file)) : Optional.empty();
            if (owner.isPresent()) {
                return owner;
            }
        }
        return Optional.empty();
    }

    private static Optional<UUID> ownerOf(Path file, byte[] bytes) {
        try {
            return Optional.of(WalFormat.header(file, bytes, bytes.length).storeId());
        } catch (EventStoreException damaged) {
            return Optional.empty();
        }
    }

    /**
     * Reads a log.
     *
     * @param afterLsn entries up to this one may be missing before the first segment, because they stand elsewhere
     * @param consumer takes the entries that are there, all of them, in order; their numbers have gaps
     */
    public static Found read(Disk disk, Path directory, UUID storeId, long afterLsn, WalConsumer consumer)
            throws IOException {
        return new LogRescue(disk, directory, storeId, consumer).read(afterLsn);
    }

    private Found read(long afterLsn) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path file : disk.list(directory)) {
            if (WalFormat.isSegment(file)) {
                files.add(file);
            }
        }
        next = afterLsn + 1;
        if (files.isEmpty() && afterLsn > 0) {
            gaps.add(new Gap(directory, 0, next, Long.MAX_VALUE, "there is no segment, and there always is one"));
        }
        for (Path file : files) {
            readSegment(file, file.equals(files.getLast()), file.equals(files.getFirst()));
        }
        return new Found(gaps, next - 1);
    }

    private void readSegment(Path file, boolean last, boolean first) {
        long firstLsn;
        try {
            firstLsn = WalFormat.firstLsn(file);
        } catch (UnsupportedFormatException foreign) {
            gaps.add(new Gap(file, 0, next, Long.MAX_VALUE, "its name is not that of a segment"));
            return;
        }
        if (firstLsn > next) {
            gaps.add(new Gap(file, 0, next, firstLsn - 1, "entries are missing before it"));
        }
        next = first || firstLsn > next ? firstLsn : next;
        byte[] bytes = load(disk, file);
        int expectedBytes = checkHeader(file, bytes);
        int end = readRecords(file, bytes, firstLsn, last);
        if (last && expectedBytes > bytes.length) {
            gaps.add(new Gap(file, end, next, Long.MAX_VALUE,
                    "the file has " + bytes.length + " bytes, it had " + expectedBytes));
        }
    }

    /** The length that the file had; 0 where the header does not say. Records are checked without the header. */
    private int checkHeader(Path file, byte[] bytes) {
        try {
            WalFormat.Header header = WalFormat.header(file, bytes, bytes.length);
            return header.storeId().equals(storeId) ? header.fileBytes() : 0;
        } catch (EventStoreException damaged) {
            gaps.add(new Gap(file, 0, 0, 0, "the header is damaged; records are found without it"));
            return 0;
        }
    }

    /** Reads the records of a segment and says where the last of them ends. */
    private int readRecords(Path file, byte[] bytes, long firstLsn, boolean last) {
        var checksum = new WalFormat.Checksum(storeId, firstLsn);
        int used = endOfData(bytes);
        int at = WalFormat.HEADER_BYTES;
        int end = at;
        while (at < used) {
            if (checksum.isWhole(bytes, at, bytes.length) && WalFormat.lsn(bytes, at) == next) {
                deliver(file, bytes, at);
                at += WalFormat.length(bytes, at);
                end = at;
                continue;
            }
            if (last && isTornEnd(file, bytes, at, used, checksum)) {
                return end;
            }
            int found = nextRecord(bytes, at, used, checksum);
            if (found < 0) {
                if (last) {
                    gaps.add(new Gap(file, at, next, Long.MAX_VALUE, "no whole record follows"));
                }
                return end; // else the next segment says how many are missing
            }
            gaps.add(new Gap(file, at, next, WalFormat.lsn(bytes, found) - 1,
                    "damaged; whole records go on at offset " + found));
            next = WalFormat.lsn(bytes, found);
            at = found;
        }
        return end;
    }

    private void deliver(Path file, byte[] bytes, int at) {
        if (WalFormat.isMark(bytes, at)) {
            consumer.mark(next++);
            return;
        }
        int length = WalFormat.length(bytes, at) - WalFormat.PREFIX_BYTES;
        ByteReader in = new ByteReader(bytes, at + WalFormat.PREFIX_BYTES, length);
        LogEntry entry;
        try {
            entry = EntryCodec.read(in, storeId.toString());
        } catch (RuntimeException unknown) {
            gaps.add(new Gap(file, at, next, next, "undamaged, and cannot be read: " + Failures.message(unknown)));
            next++;
            return;
        }
        consumer.entry(next, entry, length);
        next++;
    }

    /** Whether nothing behind says that the bad record was ever forced. */
    private boolean isTornEnd(Path file, byte[] bytes, int at, int used, WalFormat.Checksum checksum) {
        try {
            TornEnd.UNLESS_A_RECORD_PROVES_IT_FORCED.check(file, bytes, at, used, bytes.length, next, checksum);
            return true;
        } catch (CorruptStoreException damaged) {
            return false;
        }
    }

    /**
     * Where the next whole record of the segment stands; -1 for nowhere. Reads the file four times over at most, see
     * {@link TornEnd}.
     */
    private int nextRecord(byte[] bytes, int from, int used, WalFormat.Checksum checksum) {
        long maxLsn = next + bytes.length / WalFormat.MARK_BYTES;
        long budget = 4L * bytes.length;
        for (int at = from; at < used && budget >= 0; at++) {
            if (WalFormat.Checksum.fits(bytes, at, bytes.length)) {
                long lsn = WalFormat.lsn(bytes, at);
                if (lsn > next && lsn <= maxLsn) {
                    if (checksum.isWhole(bytes, at, bytes.length)) {
                        return at;
                    }
                    budget -= WalFormat.length(bytes, at);
                }
            }
        }
        return -1;
    }

    private static int endOfData(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    /** The bytes of a file; zeros where the disk does not give them. */
    private static byte[] load(Disk disk, Path path) {
        try (DiskFile file = disk.openReadOnly(path)) {
            byte[] bytes = new byte[(int) Math.min(file.length(), Integer.MAX_VALUE - 16)];
            try {
                file.read(ByteBuffer.wrap(bytes), 0);
            } catch (IOException inPieces) {
                for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
                    loadPiece(file, bytes, at);
                }
            }
            return bytes;
        } catch (IOException unreadable) {
            return new byte[0];
        }
    }

    private static void loadPiece(DiskFile file, byte[] bytes, int at) {
        int length = Math.min(PIECE_BYTES, bytes.length - at);
        try {
            file.read(ByteBuffer.wrap(bytes, at, length), at);
        } catch (IOException unreadable) {
            Arrays.fill(bytes, at, at + length, (byte) 0);
        }
    }
}
