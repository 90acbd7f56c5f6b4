package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.log.LogEntry;

/** Takes what a log holds, in order. */
public interface WalConsumer {

    /**
     * An entry.
     *
     * @param lsn its number
     * @param entry what it says
     * @param bytes its length, apart from what the log puts around it
     */
    void entry(long lsn, LogEntry entry, int bytes);

    /**
     * A number that is no entry's: the log has used it for a mark.
     *
     * @param lsn the number
     */
    default void mark(long lsn) {}
}
