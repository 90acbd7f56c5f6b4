package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.contents.Applier;
import dev.allframe.journal.allsource.engine.contents.Applying;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.segment.LoadedSegment;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.ParquetSegment;
import dev.allframe.journal.allsource.engine.segment.RowFile;
import dev.allframe.journal.allsource.engine.segment.SealedRows;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.engine.wal.WalContents;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Everything that a closed store would show if it were opened: the events of segments and log in position order,
 * without those that were deleted, and the state with the log applied. Nothing is written: a log that ends in a torn
 * record is read up to there, and the index is not used.
 *
 * <p>For one thread. Holds the events that are in the log alone in memory, as the open store does, and one segment at a
 * time.
 */
public final class StoredContents implements AutoCloseable {

    private static final Logger LOG = System.getLogger(StoredContents.class.getName());

    private final ClosedStore store;
    private final UUID storeId;
    private final Manifest manifest;
    private final StateStore state;
    private final List<StoredEvent> tail = new ArrayList<>();
    private final WalContents log;

    private StoredContents(ClosedStore store, UUID storeId, Manifest manifest, StateStore state) throws IOException {
        this.store = store;
        this.storeId = storeId;
        this.manifest = manifest;
        this.state = state;
        long from = Math.min(manifest.sealedLsn(), state.appliedLsn());
        Applier applier = new Applier(state, from, manifest.sealedLsn(),
                entry -> tail.addAll(entry.events(storeId.toString())));
        this.log = store.readLog(from, new Applying(applier));
        applier.publish();
    }

    /**
     * Reads log and state.
     *
     * @param store stays open and is not closed with this
     * @throws dev.allframe.store.CorruptStoreException if something is missing or damaged
     * @throws dev.allframe.store.UnsupportedFormatException if a newer version wrote it
     * @throws StoreFailedException if the disk fails
     */
    public static StoredContents of(ClosedStore store) {
        try {
            StateStore state = store.state();
            try {
                return new StoredContents(store, store.storeId(), store.manifest(), state);
            } catch (IOException | RuntimeException failed) {
                state.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new StoreFailedException("the store in " + store.directory() + " cannot be read: "
                    + Failures.message(failed), failed);
        }
    }

    public UUID storeId() {
        return storeId;
    }

    public Manifest manifest() {
        return manifest;
    }

    /** The state with the log applied; closed with this. */
    public StateStore state() {
        return state;
    }

    /** What was read of the log. */
    public WalContents log() {
        return log;
    }

    /** The position of the last event that was ever stored, 0 for none. */
    public long lastPosition() {
        long sealed = manifest.segments().isEmpty() ? 0 : manifest.segments().getLast().lastPosition();
        return Math.max(sealed, log.numbers().nextPosition() - 1);
    }

    /** How many events there are. */
    public long eventCount() {
        return lastPosition() - state.counters().deletedEvents();
    }

    /** Told of events; says whether it wants more. */
    @FunctionalInterface
    public interface EventVisitor {

        boolean visit(StoredEvent event);
    }

    /**
     * Visits the events behind a position, in position order, until the visitor wants no more.
     *
     * @throws dev.allframe.store.CorruptStoreException if a segment is damaged; those before it were visited
     */
    public void visitEvents(long afterPosition, EventVisitor visitor) {
        for (SegmentMeta segment : manifest.segments()) {
            if (segment.lastPosition() > afterPosition && !visit(segment, afterPosition, visitor)) {
                return;
            }
        }
        for (StoredEvent event : tail) {
            if (event.position().index() > afterPosition && !visit(event, visitor)) {
                return;
            }
        }
    }

    /** As {@link #visitEvents}, of all events. */
    public void forEachEvent(Consumer<StoredEvent> visitor) {
        visitEvents(0, event -> {
            visitor.accept(event);
            return true;
        });
    }

    private boolean visit(SegmentMeta segment, long afterPosition, EventVisitor visitor) {
        LoadedSegment rows = load(segment);
        for (int i = rows.countUpTo(afterPosition); i < rows.rowCount(); i++) {
            if (!visit(rows.rowAt(rows.rowInPositionOrder(i)), visitor)) {
                return false;
            }
        }
        return true;
    }

    private LoadedSegment load(SegmentMeta segment) {
        try {
            return segment.parquetFile().isPresent() ? loadEither(segment) : load(segment, SegmentFile.ROWS);
        } catch (IOException failed) {
            throw new StoreFailedException("segment " + segment.id() + " cannot be read: " + Failures.message(failed),
                    failed);
        }
    }

    /** Reads the Parquet file, which every segment keeps; the row file where that is damaged. */
    private LoadedSegment loadEither(SegmentMeta segment) throws IOException {
        try {
            return load(segment, SegmentFile.PARQUET);
        } catch (CorruptStoreException | UncheckedIOException | IOException unreadable) {
            LoadedSegment rows;
            try {
                rows = load(segment, SegmentFile.ROWS);
            } catch (RuntimeException | IOException both) {
                unreadable.addSuppressed(both);
                throw unreadable;
            }
            LOG.log(Level.WARNING, "the Parquet file of segment " + segment.id()
                    + " cannot be read, and its row file is read instead; 'store compact' writes the segment anew: "
                    + Failures.message(unreadable));
            return rows;
        }
    }

    private LoadedSegment load(SegmentMeta segment, SegmentFile kind) throws IOException {
        try (SealedRows file = open(segment, kind)) {
            return LoadedSegment.of(file);
        }
    }

    private SealedRows open(SegmentMeta segment, SegmentFile kind) throws IOException {
        Disk disk = store.disk();
        Path name = segment.named(disk, kind, store.segmentDirectory());
        return switch (kind) {
            case ROWS -> RowFile.open(disk, name, storeId, segment.id());
            case PARQUET ->
                ParquetSegment.open(disk, name, storeId, segment.id(), segment.parquetFile().orElseThrow());
        };
    }

    private boolean visit(StoredEvent event, EventVisitor visitor) {
        return event.sequenceNr() <= state.deletedTo(event.stream()) || visitor.visit(event);
    }

    @Override
    public void close() {
        state.close();
    }
}
