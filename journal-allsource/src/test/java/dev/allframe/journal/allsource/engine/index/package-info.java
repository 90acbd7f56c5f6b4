/** The tests of the two stores of small entries, on RocksDB and in memory. */
@NullMarked
package dev.allframe.journal.allsource.engine.index;

import org.jspecify.annotations.NullMarked;
