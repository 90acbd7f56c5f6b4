package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.engine.log.LogEntry;

/**
 * An entry of the log with its number.
 *
 * @param lsn the number, 1 or more
 * @param entry the entry
 */
public record AppliedEntry(long lsn, LogEntry entry) {}
