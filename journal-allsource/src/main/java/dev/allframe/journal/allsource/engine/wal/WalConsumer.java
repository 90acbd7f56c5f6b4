package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.log.LogEntry;

/** Takes what a log holds, in order. */
public interface WalConsumer {

    /**
     * The entries that follow stand in another segment than those before. Comes before the first delivered entry of
     * each segment; segments without one are not mentioned.
     *
     * @param firstLsn the number of the segment's first entry, which is below that of the next delivered one where
     *         entries are skipped
     * @param firstPosition the position of the next event where the segment begins
     * @param firstChange the number of the next change of a state where the segment begins
     */
    default void segment(long firstLsn, long firstPosition, long firstChange) {}

    /**
     * An entry.
     *
     * @param lsn its number
     * @param entry what it says
     * @param bytes the length of its record
     */
    void entry(long lsn, LogEntry entry, int bytes);
}
