package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.files.StoreFileFormat;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.files.StoreLock;
import dev.allframe.journal.allsource.engine.files.UnusableDirectoryException;
import dev.allframe.journal.allsource.engine.index.AppliedEntry;
import dev.allframe.journal.allsource.engine.index.RocksTables;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.Uninterrupted;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.log.Numbers;
import dev.allframe.journal.allsource.engine.segment.EventSegmentWriter;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.RowOrder;
import dev.allframe.journal.allsource.engine.segment.SegmentLimits;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.engine.wal.WalLog;
import dev.allframe.store.DurableState;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Writes a store from the contents of another: events as segments, the rest as state, and a log that goes on behind
 * both. Positions and numbers stay as they were, also where events between them were deleted; the store's id is a new
 * one.
 *
 * <p>The file {@code STORE} is written last: what is not finished is no store. The index is computed when the store is
 * opened first. For one thread; files of events and the log are written on another, which nobody interrupts, because an
 * interrupt ends the writing of a Parquet file.
 */
public final class NewStore implements AutoCloseable {

    private static final long TABLE_BYTES = 32L << 20;
    private static final int APPLIED_AT_ONCE = 1000;
    /** Bytes of a row besides its payload, about. */
    private static final int ROW_BYTES = 100;

    private static final String WRITER = "allframe-store-writer";

    private final Disk disk;
    private final Path directory;
    private final StoreLock lock;
    private final UUID storeId = UUID.randomUUID();
    private final RocksTables tables;
    private final StateStore state;
    private final EventSegmentWriter writer;
    private final List<StoredEvent> rows = new ArrayList<>();
    private long rowBytes;
    private final List<SegmentMeta> segments = new ArrayList<>();
    private final List<AppliedEntry> entries = new ArrayList<>();
    private final Set<StoredType> types = new HashSet<>();
    private long lastLsn;
    private long lastPosition;
    private long events;

    private NewStore(Disk disk, Path directory, StoreLock lock) throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.lock = lock;
        this.tables = new RocksTables(directory, TABLE_BYTES);
        tables.create();
        this.state = StateStore.open(tables.state(), storeId.toString());
        Path files = directory.resolve(StoreLayout.SEGMENTS);
        disk.createDirectories(files);
        this.writer = new EventSegmentWriter(disk, files, storeId);
    }

    /**
     * Begins a store.
     *
     * @param directory which is empty or missing
     * @param user who, for others who are refused meanwhile
     * @throws UnusableDirectoryException if a store cannot be in a directory with this name
     */
    public static NewStore create(Disk disk, Path directory, String user) {
        Path absolute = directory.toAbsolutePath();
        UnusableDirectoryException.check(absolute);
        try {
            disk.createDirectories(absolute);
            StoreLock lock = StoreLock.take(disk, absolute, user);
            try {
                return new NewStore(disk, absolute, lock);
            } catch (IOException | RuntimeException | Error failed) {
                try (lock) {
                    throw failed;
                }
            }
        } catch (IOException failed) {
            throw failed(directory, failed);
        }
    }

    private static StoreFailedException failed(Path directory, IOException failed) {
        return new StoreFailedException("the store in " + directory + " cannot be written: " + Failures.message(failed),
                failed);
    }

    /** The id of the new store. */
    public UUID storeId() {
        return storeId;
    }

    /** How many events it has. */
    public long events() {
        return events;
    }

    /**
     * Adds an event, with the number, position and writer that it has.
     *
     * @throws IllegalArgumentException if its position is not above that of the one before
     */
    public void add(StoredEvent event) {
        if (event.position().index() <= lastPosition) {
            throw new IllegalArgumentException("position " + event.position().index() + " does not stand behind "
                    + lastPosition);
        }
        lastPosition = event.position().index();
        events++;
        StoredEvent own = new StoredEvent(event.stream(), event.sequenceNr(),
                new Position(storeId.toString(), 0, 0, lastPosition), event.writer(), event.envelope());
        if (types.add(new StoredType(own.stream().entityType(), own.envelope().eventType(),
                own.envelope().eventVersion()))) {
            apply(new LogEntry.EventsAppended(own.stream(), own.writer(), own.sequenceNr(), lastPosition,
                    List.of(own.envelope())));
        }
        rows.add(own);
        rowBytes += ROW_BYTES + own.envelope().payload().bytes().length;
        if (rows.size() == SegmentLimits.MAX_ROWS || rowBytes >= SegmentLimits.TARGET_RAW_BYTES) {
            seal();
        }
    }

    private void seal() {
        if (rows.isEmpty()) {
            return;
        }
        try {
            Uninterrupted.run(WRITER, () -> segments.add(
                    writer.writeBoth(segments.size() + 1L, RowOrder.sorted(rows).iterator())));
        } catch (IOException failed) {
            throw failed(directory, failed);
        }
        rows.clear();
        rowBytes = 0;
    }

    /** Notes that a stream had events up to a number, which are deleted. */
    public void addDeleted(StreamId stream, long toSequenceNr) {
        apply(new LogEntry.EventsDeleted(stream, toSequenceNr));
    }

    /** Adds a snapshot. */
    public void add(Snapshot snapshot) {
        apply(new LogEntry.SnapshotSaved(snapshot));
    }

    /** Adds a durable state, whose change has a higher number than that of the one before. */
    public void add(DurableState durable) {
        apply(new LogEntry.StateChanged(new DurableState(durable.id(), durable.revision(),
                new Position(storeId.toString(), 0, 0, durable.position().index()), durable.timestamp(),
                durable.payload(), durable.tag())));
    }

    private void apply(LogEntry entry) {
        entries.add(new AppliedEntry(++lastLsn, entry));
        if (entries.size() == APPLIED_AT_ONCE) {
            applyAll();
        }
    }

    private void applyAll() {
        state.apply(entries);
        entries.clear();
    }

    /**
     * Finishes the store: when this returns, it is on disk. Every deleted event has a position, so the next one is
     * behind as many.
     */
    public void finish() {
        seal();
        applyAll();
        state.flush();
        noteDeletedStreams();
        try {
            Uninterrupted.run(WRITER, this::writeRest);
        } catch (IOException failed) {
            throw failed(directory, failed);
        }
    }

    private void writeRest() throws IOException {
        new Manifest(storeId, segments.size() + 1L, lastLsn, segments).store(disk, directory);
        long nextPosition = Math.max(lastPosition, events + state.counters().deletedEvents()) + 1;
        WalLog.createBehind(disk, directory.resolve(StoreLayout.LOG), storeId,
                new Numbers(lastLsn, nextPosition, state.counters().lastChange() + 1));
        StoreFileFormat.write(disk, directory, storeId, System.currentTimeMillis());
    }

    /** No event may tell the version of such a stream; the rest of the index is computed when the store is opened. */
    private void noteDeletedStreams() {
        try (StreamIndex index = StreamIndex.open(tables.index(), storeId.toString())) {
            state.forEachDeleted(index::noteStream);
            index.flush();
        }
    }

    @Override
    public void close() {
        try (lock) {
            state.close();
            tables.close();
        } catch (IOException failed) {
            throw failed(directory, failed);
        }
    }
}
