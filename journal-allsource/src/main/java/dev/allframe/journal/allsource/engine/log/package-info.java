/**
 * What goes through the log, and its bytes. Read {@link dev.allframe.journal.allsource.engine.log.LogEntry} first.
 * Knows no file; runs on the caller's thread.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.log;

import org.jspecify.annotations.NullMarked;
