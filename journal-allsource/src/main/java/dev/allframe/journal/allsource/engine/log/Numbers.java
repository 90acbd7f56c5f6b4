package dev.allframe.journal.allsource.engine.log;

import dev.allframe.journal.allsource.engine.log.LogEntry.EventsAppended;
import dev.allframe.journal.allsource.engine.log.LogEntry.StateChanged;

/**
 * How far entries have come. Numbers of entries, positions of events and numbers of changes of durable states rise by
 * one, without a gap: the one place that knows how.
 *
 * @param lastLsn the number of the last entry, 0 for none
 * @param nextPosition the position of the next event
 * @param nextChange the number of the next change of a durable state
 */
public record Numbers(long lastLsn, long nextPosition, long nextChange) {

    /** Of a store without an entry. */
    public static final Numbers FIRST = new Numbers(0, 1, 1);

    /**
     * Those behind one more entry.
     *
     * @throws IllegalArgumentException if its position or its change is not the next one
     */
    public Numbers after(LogEntry entry) {
        return switch (entry) {
            case EventsAppended events -> {
                check("position", events.firstPosition(), nextPosition);
                yield new Numbers(lastLsn + 1, nextPosition + events.records().size(), nextChange);
            }
            case StateChanged changed -> {
                check("change", changed.state().position().index(), nextChange);
                yield new Numbers(lastLsn + 1, nextPosition, nextChange + 1);
            }
            case LogEntry.EventsDeleted deleted -> passed(lastLsn + 1);
            case LogEntry.SnapshotSaved saved -> passed(lastLsn + 1);
            case LogEntry.SnapshotsDeleted deleted -> passed(lastLsn + 1);
        };
    }

    /** Those behind a number that is no entry's: the log has used it. */
    public Numbers passed(long lsn) {
        return new Numbers(lsn, nextPosition, nextChange);
    }

    private static void check(String what, long actual, long expected) {
        if (actual != expected) {
            throw new IllegalArgumentException("has the " + what + " " + actual + ", not " + expected);
        }
    }
}
