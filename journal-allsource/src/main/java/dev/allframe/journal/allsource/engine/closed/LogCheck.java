package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.journal.allsource.engine.contents.Applier;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.wal.WalConsumer;
import dev.allframe.journal.allsource.engine.wal.WalContents;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.DurableState;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log and holds manifest and state against it: together they have every entry, and what the state has applied
 * is in it. Entries that the state has not applied are applied, in memory. For one thread, once.
 */
final class LogCheck implements WalConsumer {

    private final @Nullable Manifest manifest;
    private final @Nullable StateStore state;
    private final long sealedLsn;
    private final long stateLsn;
    private final List<StoredEvent> tail = new ArrayList<>();
    private final Set<StreamId> streams = new HashSet<>();
    private final List<LogEntry> lastOfState = new ArrayList<>();
    private final Applier applier;
    private String storeId = "";
    private long lastPosition;

    /** Against what is readable of both. */
    LogCheck(@Nullable Manifest manifest, @Nullable StateStore state) {
        this.manifest = manifest;
        this.state = state;
        this.sealedLsn = manifest == null ? Long.MAX_VALUE : manifest.sealedLsn();
        this.stateLsn = state == null ? Long.MAX_VALUE : state.appliedLsn();
        this.applier = new Applier(state, 0, sealedLsn, this::addToTail);
    }

    /**
     * Reads and compares.
     *
     * @return true
     * @throws CorruptStoreException at the first damage
     */
    boolean read(ClosedStore store, UUID owner, StoreVerifier.Report report) throws IOException {
        storeId = owner.toString();
        WalContents contents = store.readWholeLog(this);
        applier.publish();
        if (contents.storeId() != null && !contents.storeId().equals(owner)) {
            throw new CorruptStoreException("it is of store " + contents.storeId() + ", not of " + owner);
        }
        if (contents.end() != null && contents.end().torn()) {
            report.note(
                    "the log ends in a record that was never forced, at offset " + contents.end().wholeEnd() + " of "
                            + contents.end().file() + "; it is cut when the store is opened");
        }
        compareEnds(contents);
        lastOfState.forEach(this::compareWithState);
        long sealed = manifest == null || manifest.segments().isEmpty()
                ? 0
                : manifest.segments().getLast().lastPosition();
        lastPosition = Math.max(sealed, contents.numbers().nextPosition() - 1);
        if (!tail.isEmpty() && tail.getFirst().position().index() <= sealed) {
            throw new CorruptStoreException("the log has position " + tail.getFirst().position().index()
                    + " in an entry that is not sealed, and the segments go up to " + sealed);
        }
        return true;
    }

    private void compareEnds(WalContents contents) {
        if (manifest == null || state == null) {
            return;
        }
        long needed = Math.min(sealedLsn, stateLsn) + 1;
        long first = contents.segments().isEmpty() ? 1 : contents.segments().getFirst().firstLsn();
        if (first > needed) {
            throw new CorruptStoreException("it begins with entry " + first + ", and the entries from " + needed
                    + " on stand nowhere else");
        }
        long known = Math.max(sealedLsn, stateLsn);
        if (contents.numbers().lastLsn() < known) {
            throw new CorruptStoreException(
                    "it ends with entry " + contents.numbers().lastLsn() + ", and it had entries up to "
                            + known);
        }
    }

    @Override
    public void entry(long lsn, LogEntry entry, int bytes) {
        applier.apply(lsn, entry, bytes);
        switch (entry) {
            case LogEntry.EventsAppended events -> {
                // the applier has added those that are not sealed
            }
            case LogEntry.EventsDeleted deleted -> lastOfState.add(deleted);
            case LogEntry.StateChanged changed -> lastOfState.add(changed);
            case LogEntry.SnapshotSaved saved -> {
                // a later entry may have deleted it
            }
            case LogEntry.SnapshotsDeleted deleted -> {
                // later ones may have been saved
            }
        }
    }

    @Override
    public void mark(long lsn) {
        applier.passed(lsn);
    }

    private void addToTail(LogEntry.EventsAppended events) {
        streams.add(events.stream());
        tail.addAll(events.events(storeId));
    }

    private void compareWithState(LogEntry entry) {
        if (state == null) {
            return;
        }
        if (entry instanceof LogEntry.EventsDeleted(StreamId stream, long to) && state.deletedTo(stream) < to) {
            throw new CorruptStoreException("it says that stream=" + stream + " is deleted up to " + to
                    + ", and the state has " + state.deletedTo(stream));
        }
        if (entry instanceof LogEntry.StateChanged(DurableState changed)) {
            long revision = state.state(changed.id()).map(DurableState::revision).orElse(0L);
            if (revision < changed.revision()) {
                throw new CorruptStoreException("it has revision " + changed.revision() + " of the durable state "
                        + changed.id() + ", and the state has " + revision);
            }
        }
    }

    /** The events that are in no segment. */
    List<StoredEvent> tail() {
        return tail;
    }

    /** Whether events of a stream are in the log alone. */
    boolean hasStream(StreamId stream) {
        return streams.contains(stream);
    }

    /** The position of the last event. */
    long lastPosition() {
        return lastPosition;
    }
}
