/**
 * The two stores of small entries: the index, which can be computed again, and the state, which cannot. Read
 * {@link dev.allframe.journal.allsource.engine.index.StreamIndex} and
 * {@link dev.allframe.journal.allsource.engine.index.StateStore} first; both keep their entries in
 * {@link dev.allframe.journal.allsource.tables.KeyValues}, which is RocksDB or memory. Imports neither the log's
 * files nor the segments. Read on any thread, written by one.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.index;

import org.jspecify.annotations.NullMarked;
