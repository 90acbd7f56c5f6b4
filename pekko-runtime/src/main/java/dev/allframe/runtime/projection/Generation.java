package dev.allframe.runtime.projection;

import dev.allframe.projection.fold.ViewFold;
import dev.allframe.store.view.ViewTables;

/**
 * One generation that is open, with its fold. Used by the pieces of work of its view, one at a time.
 *
 * @param tables its tables
 * @param fold what applies pages to them
 * @param readers who reads them
 */
record Generation<K, R>(ViewTables tables, ViewFold<K, R> fold, Readers readers) {

    Generation(ViewTables tables, ViewFold<K, R> fold) {
        this(tables, fold, new Readers());
    }

    long number() {
        return tables.generation();
    }
}
