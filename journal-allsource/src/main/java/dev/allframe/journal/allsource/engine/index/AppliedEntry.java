package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.engine.log.LogEntry;
import org.jspecify.annotations.Nullable;

/**
 * A number of the log and its entry.
 *
 * @param lsn the number, 1 or more
 * @param entry the entry; null where the log has used the number for itself
 */
public record AppliedEntry(long lsn, @Nullable LogEntry entry) {}
