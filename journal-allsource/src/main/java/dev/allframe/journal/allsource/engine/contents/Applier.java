package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.journal.allsource.engine.index.AppliedEntry;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies entries of the log, in their order: the one way by which an entry changes what a store holds, when the log
 * has it, when a store is opened, and when a tool reads a closed one. An entry carries all that it needs, so that
 * applying it anywhere gives the same.
 *
 * <p>Entries are gathered by {@link #apply} and take effect with {@link #publish}, which must not come before they are
 * durable: the state must never know more than the log has on its disk. For one thread.
 */
public final class Applier {

    /** The state takes so many entries with one write. */
    private static final int BATCH = 1000;

    /** Takes the events of entries that stand in no segment. */
    public interface Events {

        /** The events of an entry come behind the others. */
        void add(LogEntry.EventsAppended entry);

        /** An entry had so many bytes in the log. */
        default void grew(int bytes) {}

        /** Whatever was added is there for readers, now that the state has the entries too. */
        public default void publish() {}
    }

    private final @Nullable StateStore state;
    private final long sealedLsn;
    private final Events events;
    private final List<AppliedEntry> unpublished = new ArrayList<>();
    private long lastLsn;

    /**
     * Begins behind an entry.
     *
     * @param state takes what it has not applied yet; null where there is none to keep
     * @param lastLsn the entry before the first that is applied
     * @param sealedLsn the events of entries up to this one stand in segments
     */
    public Applier(@Nullable StateStore state, long lastLsn, long sealedLsn, Events events) {
        this.state = state;
        this.lastLsn = lastLsn;
        this.sealedLsn = sealedLsn;
        this.events = events;
    }

    /** The last entry that was applied. */
    public long lastLsn() {
        return lastLsn;
    }

    /** How many entries wait for {@link #publish}. */
    int unpublished() {
        return unpublished.size();
    }

    /** Applies the next entry. */
    public void apply(long lsn, LogEntry entry, int bytes) {
        next(lsn, entry);
        if (lsn > sealedLsn) {
            if (entry instanceof LogEntry.EventsAppended appended) {
                events.add(appended);
            }
            events.grew(bytes);
        }
    }

    /** The log has used the numbers up to one for itself. */
    public void passed(long lsn) {
        while (lastLsn < lsn) {
            next(lastLsn + 1, null);
        }
    }

    private void next(long lsn, @Nullable LogEntry entry) {
        if (state != null) {
            unpublished.add(new AppliedEntry(lsn, entry));
        }
        lastLsn = lsn;
    }

    /**
     * Lets everything that was applied take effect. Where it fails it may be called again.
     *
     * @throws dev.allframe.store.StoreFullException if the tables of the state find no room
     */
    public void publish() {
        for (int from = 0; state != null && from < unpublished.size(); from += BATCH) {
            state.apply(unpublished.subList(from, Math.min(from + BATCH, unpublished.size())));
        }
        unpublished.clear();
        events.publish();
    }
}
