package dev.allframe.runtime.projection;

import dev.allframe.projection.fold.FoldState;
import dev.allframe.store.view.ViewTables;

/**
 * What a view serves: one value, so that nobody reads the rows of one generation by the position of another.
 *
 * @param tables the rows
 * @param state how far they are
 * @param readers who reads the rows
 */
record Published(ViewTables tables, FoldState state, Readers readers) {}
