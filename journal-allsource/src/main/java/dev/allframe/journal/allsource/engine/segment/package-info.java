/** Sealed events: row files, Parquet files and the manifest that lists them. Immutable once published; read from any thread. */
@NullMarked
package dev.allframe.journal.allsource.engine.segment;

import org.jspecify.annotations.NullMarked;
