package dev.allframe.journal.allsource.engine.index;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes that are applied together, in their order. Not thread-safe. Arrays are not copied. */
final class Batch {

    /**
     * One change.
     *
     * @param table where
     * @param key of what
     * @param value the new value; null deletes
     */
    @SuppressWarnings("ArrayRecordComponent") // a change is applied and never compared
    record Change(Table table, byte[] key, byte @Nullable [] value) {}

    private final List<Change> changes = new ArrayList<>();

    Batch put(Table table, byte[] key, byte[] value) {
        changes.add(new Change(table, key, value));
        return this;
    }

    Batch delete(Table table, byte[] key) {
        changes.add(new Change(table, key, null));
        return this;
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    List<Change> changes() {
        return changes;
    }
}
