package dev.allframe.journal.allsource.tables;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes that are applied together, in their order. Not thread-safe. Arrays are not copied. */
public final class Batch {

    /**
     * One change.
     *
     * @param table where
     * @param key of what
     * @param value the new value; null deletes
     */
    @SuppressWarnings("ArrayRecordComponent") // a change is applied and never compared
    public record Change(TableName table, byte[] key, byte @Nullable [] value) {}

    private final List<Change> changes = new ArrayList<>();

    /** Sets the value of a key. */
    public Batch put(TableName table, byte[] key, byte[] value) {
        changes.add(new Change(table, key, value));
        return this;
    }

    /** Deletes a key; nothing where it is not there. */
    public Batch delete(TableName table, byte[] key) {
        changes.add(new Change(table, key, null));
        return this;
    }

    /** Whether nothing is to be changed. */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** What is to be changed, in order. */
    public List<Change> changes() {
        return changes;
    }
}
