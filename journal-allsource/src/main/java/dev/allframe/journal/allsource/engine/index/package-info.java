/** The two RocksDB stores: the index, which can be rebuilt, and the state, which cannot. Read from any thread, written by one. */
@NullMarked
package dev.allframe.journal.allsource.engine.index;

import org.jspecify.annotations.NullMarked;
