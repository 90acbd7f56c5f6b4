package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.engine.log.Group;
import dev.allframe.journal.allsource.engine.log.Numbers;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The log in files of one directory, see {@link WalFormat}. Bytes wait in memory from {@link #append} to
 * {@link #force}, which writes and forces all of them at once; what is waiting is gone when the process dies.
 *
 * <h2>Invariants</h2>
 * L1 numbers, positions and changes rise by one, without a gap: checked in append() and when the log is read.
 * L2 a segment gets its name only when everything before it is forced. So all but the last are whole.
 * L3 {@code forcedLsn} never says more than the disk does: it rises only after a force has returned.
 * L4 after a failed write or force nothing is written to any segment.
 * L5 the entries of a group stand in one segment, so that where there is no room none of them is written.
 *
 * <h2>Threads</h2> One, which must not be interrupted; the executor makes files of zeros beside it.
 */
public final class WalLog implements Closeable {

    /*
     * After a failed force, Linux drops the pages' dirty state and keeps their contents: a process that opens the log
     * again reads records that are not on the disk, and a force of its own handle succeeds without writing them. So
     * opening writes every record again that no other one proves to be forced, with the same bytes at the same place,
     * before it forces. Then it writes zeros over what is torn. A power loss between leaves each sector as it was or as
     * it should be, and the next opening does the same.
     *
     * A new segment is begun with the first append after opening and not before, so that a store on a full disk opens.
     * The segment before it then has its last records proven by the header of the next.
     */

    private final Disk disk;
    private final Path directory;
    private final UUID storeId;
    private final WalConfig config;
    private final InstantSource clock;
    private final SegmentSupply supply;
    private final LogFiles files;
    private final RecordBatch batch = new RecordBatch();

    private @Nullable WalSegmentWriter segment;
    private Numbers numbers;
    private long forcedLsn;
    /** Whether a mark or the header of an empty segment says that every entry is forced. */
    private boolean witnessed;
    private @Nullable Throwable failure;
    private boolean closed;

    private WalLog(Disk disk, Path directory, UUID storeId, WalConfig config, WalContents contents,
            Surroundings around) {
        this.disk = disk;
        this.directory = directory;
        this.storeId = storeId;
        this.config = config;
        this.clock = around.clock;
        this.supply = new SegmentSupply(disk, directory, config.segmentBytes(), around.background);
        this.files = new LogFiles(disk, directory, contents.segments());
        this.numbers = contents.numbers();
        this.forcedLsn = contents.numbers().lastLsn();
        this.witnessed = contents.endsWithMark() || forcedLsn == 0;
    }

    /**
     * Opens a log, or begins one where the directory has none, and delivers what it holds. When this returns,
     * everything delivered is forced.
     *
     * @param storeId whose log it is
     * @param afterLsn entries up to this one stand elsewhere: they are not delivered, and their segments may be missing
     * @param consumer takes the entries, on the calling thread
     * @throws CorruptStoreException if something is missing or is not what was written; nothing was changed
     * @throws UnsupportedFormatException if a newer version wrote it, or another store; nothing was changed
     */
    public static WalLog open(Disk disk, Path directory, UUID storeId, WalConfig config, long afterLsn,
            WalConsumer consumer) throws IOException {
        Executor thread = task -> Thread.ofPlatform().daemon().name("allframe-log-segments").start(task);
        return open(disk, directory, storeId, config, afterLsn, consumer, new Surroundings(thread,
                InstantSource.system(), TornEnd.UNLESS_A_RECORD_PROVES_IT_FORCED));
    }

    /**
     * Writes the log of a new store whose contents stand elsewhere already: one small segment with a mark, so that
     * numbers go on behind theirs. When this returns, it is on disk.
     *
     * @param directory which has no log
     * @param numbers those behind the last entry that stands elsewhere
     */
    public static void createBehind(Disk disk, Path directory, UUID storeId, Numbers numbers) throws IOException {
        disk.createDirectories(directory);
        WalContents before = new WalContents(storeId, List.of(), numbers, false, null);
        WalConfig small = WalConfig.defaults().withSegmentBytes(WalFormat.MIN_SEGMENT_BYTES);
        Surroundings around = new Surroundings(Runnable::run, InstantSource.system(),
                TornEnd.UNLESS_A_RECORD_PROVES_IT_FORCED);
        try (WalLog log = new WalLog(disk, directory, storeId, small, before, around)) {
            log.mark();
            log.force();
        }
    }

    /** What a test may replace. */
    record Surroundings(Executor background, InstantSource clock, TornEnd tornEnd) {}

    static WalLog open(Disk disk, Path directory, UUID storeId, WalConfig config, long afterLsn, WalConsumer consumer,
            Surroundings around) throws IOException {
        disk.createDirectories(directory);
        WalContents contents = new WalReader(disk, storeId, around.tornEnd, consumer).read(directory, afterLsn);
        for (Path file : disk.list(directory)) {
            if (WalFormat.isTemporary(file)) {
                disk.delete(file);
            }
        }
        disk.forceDirectory(directory);
        if (contents.end() != null) {
            contents.end().repair(disk);
        }
        WalLog log = new WalLog(disk, directory, storeId, config, contents, around);
        log.supply.prepare();
        return log;
    }

    /** The longest entry that it takes, in bytes. */
    int maxEntryBytes() {
        return config.maxRecordBytes() - WalFormat.PREFIX_BYTES;
    }

    /**
     * Puts the entries of a group behind the last record, all into one segment. {@link #force} makes them durable.
     *
     * @return the number of the first
     * @throws NoSpaceException if there is no room: nothing was written, and the same call may succeed later
     * @throws IllegalArgumentException if a position or change is not the next; nothing was written, and the log goes
     *         on
     * @throws IOException if the disk fails; the log takes nothing more then
     */
    long append(Group group) throws IOException {
        check();
        Numbers after = numbers;
        for (int i = 0; i < group.size(); i++) {
            after = after.after(group.entry(i));
        }
        int bytes = Math.toIntExact(group.bytes() + (long) group.size() * WalFormat.PREFIX_BYTES);
        WalSegmentWriter current = withRoom(bytes);
        long firstLsn = numbers.lastLsn() + 1;
        batch.reserve(bytes);
        guarded(() -> batch.add(group, firstLsn, forcedLsn, current));
        numbers = after;
        witnessed = false;
        return firstLsn;
    }

    /** The segment, or the next one, with room for so many bytes behind what waits. */
    private WalSegmentWriter withRoom(int bytes) throws IOException {
        WalSegmentWriter current = segment;
        return current != null && current.hasRoom(batch.size(), bytes)
                ? current
                : next(WalSegmentWriter.bytesFor(bytes));
    }

    /** Says how far the log was forced, and takes a number for that. */
    private void mark() throws IOException {
        WalSegmentWriter current = segment;
        writeMark(current != null && current.hasRoom(batch.size(), 0)
                ? current
                : next(WalSegmentWriter.bytesFor(WalFormat.MARK_BYTES)));
    }

    private void writeMark(WalSegmentWriter to) {
        long lsn = numbers.lastLsn() + 1;
        batch.addMark(lsn, forcedLsn, to);
        witnessed = forcedLsn == numbers.lastLsn();
        numbers = numbers.passed(lsn);
    }

    /**
     * Ends the segment and begins the next.
     *
     * @throws NoSpaceException if there is no room; then the segment goes on, with everything forced that was appended
     */
    private WalSegmentWriter next(int bytes) throws IOException {
        WalSegmentWriter begun = next(taken(() -> supply.take(bytes)));
        supply.prepare();
        return begun;
    }

    private WalSegmentWriter next(SegmentSupply.Prepared prepared) throws IOException {
        try {
            guarded(() -> forceAll());
        } catch (IOException failed) {
            supply.putBack(prepared);
            throw failed;
        }
        WalSegmentWriter old = segment;
        WalSegmentWriter begun = begin(prepared);
        try {
            guarded(() -> {
                disk.forceDirectory(directory);
                if (old != null) {
                    old.close();
                }
            });
        } catch (IOException failed) {
            try (begun) {
                throw failed;
            }
        }
        files.begun(begun.path(), begun.firstLsn());
        segment = begun;
        witnessed = true;
        return begun;
    }

    private interface Supplying {
        SegmentSupply.Prepared take() throws IOException;
    }

    private SegmentSupply.Prepared taken(Supplying from) throws IOException {
        try {
            return from.take();
        } catch (NoSpaceException full) {
            throw full;
        } catch (IOException failed) {
            throw poisoned(failed);
        }
    }

    private WalSegmentWriter begin(SegmentSupply.Prepared prepared) throws IOException {
        var header = new WalFormat.Header(storeId, numbers.lastLsn() + 1, numbers.nextPosition(),
                numbers.nextChange(), clock.millis(), prepared.bytes());
        try {
            return WalSegmentWriter.begin(disk, directory, prepared, header);
        } catch (NoSpaceException full) {
            guarded(() -> supply.discard(prepared));
            throw full;
        } catch (IOException failed) {
            try (DiskFile unused = prepared.file()) {
                throw poisoned(failed);
            }
        }
    }

    /** Makes everything appended durable. Costs nothing where nothing was appended. */
    void force() throws IOException {
        check();
        guarded(() -> forceAll());
    }

    private void flush() throws IOException {
        if (segment != null) {
            batch.writeTo(segment);
        }
    }

    private void forceAll() throws IOException {
        flush();
        if (forcedLsn < numbers.lastLsn() && segment != null) {
            segment.force();
            forcedLsn = numbers.lastLsn();
        }
    }

    /**
     * To be called when nothing was appended for a while. Forces what has not been, and writes, without forcing it, how
     * far the log was forced.
     */
    void idle() throws IOException {
        check();
        if (!witnessed) {
            guarded(() -> forceAll());
            try {
                mark();
            } catch (NoSpaceException full) {
                return; // the mark was to begin a segment; it can wait
            }
            guarded(() -> flush());
        }
    }

    /** Those behind everything appended, marks included. */
    public Numbers numbers() {
        return numbers;
    }

    /** Bytes in the segment that is being written. */
    long segmentBytes() {
        return segment == null ? 0 : segment.written() + batch.size();
    }

    /**
     * Ends the segment that is being written, so that a new one begins with the next entry. Everything appended is
     * forced. Where there is room, the new segment begins at once.
     */
    void roll() throws IOException {
        check();
        if (segment == null || segment.firstLsn() > numbers.lastLsn()) {
            return;
        }
        guarded(() -> forceAll());
        try {
            next(config.segmentBytes());
        } catch (NoSpaceException full) {
            WalSegmentWriter ended = segment;
            segment = null;
            guarded(ended::close);
        }
    }

    /**
     * Deletes the segments of which every entry has a number up to this one. The newest segment always stays. Each
     * deletion is forced before the next, so that no power loss leaves a gap.
     */
    void releaseTo(long lsn) throws IOException {
        check();
        guarded(() -> files.deleteTo(lsn));
    }

    /**
     * Deletes every segment, where each entry has a number up to this one, and leaves the smallest one in their place,
     * for the numbers that come next. To be called before the log is closed. A log without a segment gets none, and one
     * that is small already stays as it is.
     *
     * @throws NoSpaceException if there is no room for the smallest segment; the log is as it was
     */
    void shrink(long lsn) throws IOException {
        check();
        if (!files.isEmpty() && numbers.lastLsn() <= lsn && !files.endsSmall()) {
            next(taken(supply::takeSmallest));
        }
        releaseTo(lsn);
    }

    /**
     * Forces everything appended and leaves a mark. Writes nothing to a log that has failed, and does nothing the
     * second time.
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        WalSegmentWriter last = segment;
        try (supply; last) {
            if (failure == null) {
                guarded(() -> forceAll());
                if (!witnessed && last != null && last.hasRoom(0, 0)) {
                    writeMark(last);
                    guarded(() -> forceAll());
                }
            }
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    /** Does something after whose failure nobody knows what the disk holds. */
    private void guarded(Action action) throws IOException {
        try {
            action.run();
        } catch (IOException | RuntimeException | Error failed) {
            throw poisoned(failed);
        }
    }

    private IOException poisoned(Throwable failed) {
        failure = failed;
        return new IOException("the log has failed: " + Failures.message(failed), failed);
    }

    private void check() throws IOException {
        if (failure != null) {
            throw new IOException("the log failed before: " + Failures.message(failure), failure);
        }
        if (closed) {
            throw new IOException("the log is closed");
        }
    }
}
