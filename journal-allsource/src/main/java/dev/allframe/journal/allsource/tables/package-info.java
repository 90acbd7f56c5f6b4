/**
 * Ordered tables of bytes, on RocksDB or in memory, for all that keeps small entries: the engine's index and state, and
 * views. Read {@link dev.allframe.journal.allsource.tables.KeyValues} first, then
 * {@link dev.allframe.journal.allsource.tables.RocksKeyValues}. What the entries are is for the owner of the tables to
 * know. Read on any thread, written by one.
 */
@NullMarked
package dev.allframe.journal.allsource.tables;

import org.jspecify.annotations.NullMarked;
