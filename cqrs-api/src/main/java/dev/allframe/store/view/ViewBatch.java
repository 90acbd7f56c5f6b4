package dev.allframe.store.view;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes of a generation that are applied together, in their order. For one thread. Arrays are not copied. */
public final class ViewBatch {

    /**
     * One change.
     *
     * @param table where
     * @param key of what
     * @param value the new value; null deletes
     */
    @SuppressWarnings("ArrayRecordComponent") // a change is applied and never compared
    public record Change(ViewTable table, byte[] key, byte @Nullable [] value) {}

    private final List<Change> changes = new ArrayList<>();

    /** Sets the value of a key. */
    public ViewBatch put(ViewTable table, byte[] key, byte[] value) {
        changes.add(new Change(table, key, value));
        return this;
    }

    /** Deletes a key; nothing where it is not there. */
    public ViewBatch delete(ViewTable table, byte[] key) {
        changes.add(new Change(table, key, null));
        return this;
    }

    /** What is to be changed, in order. */
    public List<Change> changes() {
        return changes;
    }
}
