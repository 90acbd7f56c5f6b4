package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.tables.Batch;
import dev.allframe.journal.allsource.tables.Reads;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes that are not written yet, over the tables: reads see both. Of a key that changes often only the last value is
 * written. Not thread-safe.
 */
final class Pending {

    private final Reads written;
    private final Map<Table, NavigableMap<byte[], Change>> changes = new EnumMap<>(Table.class);

    /** The new value; null deletes. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Change(byte @Nullable [] value) {}

    Pending(Reads written) {
        this.written = written;
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    void put(Table table, byte[] key, byte[] value) {
        of(table).put(key, new Change(value));
    }

    void delete(Table table, byte[] key) {
        of(table).put(key, new Change(null));
    }

    byte @Nullable [] get(Table table, byte[] key) {
        NavigableMap<byte[], Change> pending = changes.get(table);
        Change change = pending == null ? null : pending.get(key);
        return change == null ? written.get(table, key) : change.value();
    }

    /**
     * Calls for each entry of a bounded range, in no order. The visitor may change entries: it sees those of before.
     */
    void forEach(Table table, byte[] from, byte[] until, BiConsumer<byte[], byte[]> visitor) {
        KeyRange range = KeyRange.between(from, until);
        if (range.isEmpty()) {
            return;
        }
        NavigableMap<byte[], Change> pending = new TreeMap<>(of(table).subMap(from, true, until, false));
        try (Cursor cursor = written.cursor(table, range)) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                if (!pending.containsKey(key)) {
                    visitor.accept(key, cursor.value());
                }
            }
        }
        pending.forEach((key, change) -> {
            byte[] value = change.value();
            if (value != null) {
                visitor.accept(key, value);
            }
        });
    }

    /** All of them, in the order of keys. */
    Batch toBatch() {
        Batch batch = new Batch();
        changes.forEach((table, pending) -> {
            Iterator<Map.Entry<byte[], Change>> entries = pending.entrySet().iterator();
            while (entries.hasNext()) {
                Map.Entry<byte[], Change> entry = entries.next();
                byte[] value = entry.getValue().value();
                if (value == null) {
                    batch.delete(table, entry.getKey());
                } else {
                    batch.put(table, entry.getKey(), value);
                }
            }
        });
        return batch;
    }

    private NavigableMap<byte[], Change> of(Table table) {
        return changes.computeIfAbsent(table, absent -> new TreeMap<>(Arrays::compareUnsigned));
    }
}
