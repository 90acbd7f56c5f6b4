package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.engine.index.Table;
import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.journal.allsource.tables.MemoryKeyValues;

/** Tables that are gone when the store is closed. */
public final class MemoryTables implements Tables {

    @Override
    public void create() {}

    @Override
    public KeyValues index() {
        return MemoryKeyValues.open(Table.INDEX);
    }

    @Override
    public KeyValues newIndex() {
        return index();
    }

    @Override
    public KeyValues state() {
        return MemoryKeyValues.open(Table.STATE);
    }

    @Override
    public void close() {}
}
