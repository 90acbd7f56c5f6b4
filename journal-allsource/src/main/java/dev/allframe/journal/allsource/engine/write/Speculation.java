package dev.allframe.journal.allsource.engine.write;

import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.log.Numbers;
import dev.allframe.store.DurableState;
import dev.allframe.store.StreamId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a store will hold when the group in flight is durable: kept apart from what it holds, and dropped whole when the
 * group is applied or is not committed. For the partition's thread.
 */
public final class Speculation {

    private final Contents contents;
    private final Map<StreamId, Long> versions = new HashMap<>();
    private final Map<StreamId, DurableState> states = new HashMap<>();
    private Numbers applied;
    private Numbers next;

    /**
     * Nothing is in flight.
     *
     * @param applied the numbers of what the contents hold
     */
    public Speculation(Contents contents, Numbers applied) {
        this.contents = contents;
        this.applied = applied;
        this.next = applied;
    }

    /** The version of a stream. */
    long version(StreamId stream) {
        Long pending = versions.get(stream);
        return pending == null ? contents.version(stream) : pending;
    }

    /** The last change of a durable state; null where there was none. */
    @Nullable DurableState state(StreamId id) {
        DurableState pending = states.get(id);
        return pending == null ? contents.state(id) : pending;
    }

    /** Those of the next entry. */
    Numbers numbers() {
        return next;
    }

    /** An entry is part of the group. */
    void add(LogEntry entry) {
        next = next.after(entry);
        switch (entry) {
            case LogEntry.EventsAppended events -> versions.put(events.stream(), events.lastSequenceNr());
            case LogEntry.StateChanged changed -> states.put(changed.state().id(), changed.state());
            case LogEntry.EventsDeleted deleted -> {
                // the version stays
            }
            case LogEntry.SnapshotSaved saved -> {
                // no later entry of the group asks for it
            }
            case LogEntry.SnapshotsDeleted deleted -> {
                // likewise
            }
        }
    }

    /** The group is applied: the contents hold it. */
    void cameTrue() {
        applied = next;
        forget();
    }

    /** The group is not committed. */
    void drop() {
        next = applied;
        forget();
    }

    private void forget() {
        versions.clear();
        states.clear();
    }
}
