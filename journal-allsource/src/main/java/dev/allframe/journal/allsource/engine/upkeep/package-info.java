/**
 * What is done to events behind the writer, on threads of its own: tail segments are sealed into files
 * ({@link dev.allframe.journal.allsource.engine.upkeep.Sealer}), segments are merged, written as Parquet and deleted
 * when it is quiet ({@link dev.allframe.journal.allsource.engine.upkeep.Compactor}). Manifest and index are changed by
 * {@link dev.allframe.journal.allsource.engine.upkeep.Segments} alone.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.upkeep;

import org.jspecify.annotations.NullMarked;
