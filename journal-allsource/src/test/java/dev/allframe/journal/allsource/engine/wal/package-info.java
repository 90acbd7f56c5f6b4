/**
 * Tests of the log: its bytes, its crashes, its faults, its damage. Read
 * {@link dev.allframe.journal.allsource.engine.wal.LogRun} first.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.wal;

import org.jspecify.annotations.NullMarked;
