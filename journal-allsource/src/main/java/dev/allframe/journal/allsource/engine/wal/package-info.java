/**
 * The log in files of this node: segments, group commit, recovery. Knows no index and no segment; its writer is the
 * partition's thread.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.wal;

import org.jspecify.annotations.NullMarked;
