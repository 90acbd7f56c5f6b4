/**
 * Sealed events: row files, Parquet files and the manifest that lists them; see {@code docs/on-disk.md}. Read {@link
 * dev.allframe.journal.allsource.engine.segment.EventSegmentWriter} first, then
 * {@link dev.allframe.journal.allsource.engine.segment.SealedRows}. A segment is immutable once published and is read
 * from any thread; one thread at a time writes one. Knows no log and no index.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.segment;

import org.jspecify.annotations.NullMarked;
