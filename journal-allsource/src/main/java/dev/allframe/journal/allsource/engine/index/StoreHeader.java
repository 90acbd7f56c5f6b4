package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.tables.Batch;
import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.util.Set;

/**
 * The first entry of each of our stores: which of them it is, and of which event store.
 *
 * @param kind {@code index} or {@code state}
 * @param storeId the event store
 */
record StoreHeader(String kind, String storeId) {

    static final byte[] KEY = Keys.key().text("header").bytes();

    /** Compares with the header that is there; writes it into an empty store. */
    void check(KeyValues entries, Set<Table> tables) {
        byte[] value = entries.get(Table.META, KEY);
        if (value == null) {
            refuseEntries(entries, tables);
            entries.write(new Batch().put(Table.META, KEY, encode()));
            return;
        }
        StoreHeader there = decode(value);
        if (!there.equals(this)) {
            throw new CorruptStoreException("expected=" + this + " actual=" + there);
        }
    }

    byte[] encode() {
        ByteWriter out = Values.begin(64);
        out.text(kind);
        out.text(storeId);
        return out.toByteArray();
    }

    static StoreHeader decode(byte[] value) {
        return Values.read(Table.META, value, in -> new StoreHeader(in.text(), in.text()));
    }

    private void refuseEntries(KeyValues entries, Set<Table> tables) {
        for (Table table : tables) {
            try (Cursor cursor = entries.cursor(table, KeyRange.all())) {
                if (cursor.next()) {
                    throw new CorruptStoreException("the " + kind + " of store " + storeId + " has entries in table "
                            + table.stored() + " but no header");
                }
            }
        }
    }
}
