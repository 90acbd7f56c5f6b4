package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.tables.KeyValues;

/** Where the tables of index and state come from: RocksDB beside the engine's files, or memory. */
public interface Tables {

    /** Creates both, empty, in place of whatever is there. */
    void create();

    /**
     * Opens the index.
     *
     * @throws dev.allframe.store.CorruptStoreException if it is missing or damaged
     */
    KeyValues index();

    /** Creates an empty index in place of whatever is there. */
    KeyValues newIndex();

    /**
     * Opens the state.
     *
     * @throws dev.allframe.store.CorruptStoreException if it is missing or damaged
     */
    KeyValues state();

    /** Called when both are closed. */
    void close();
}
