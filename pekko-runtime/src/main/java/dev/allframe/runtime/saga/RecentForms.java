package dev.allframe.runtime.saga;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The values whose stored form was written or read last. What a node writes for a saga is read by the views of that
 * node
 * a moment later: they are given the same object, which must be immutable, instead of one that is read anew. Bounded;
 * a value that was pushed out, or is large, is read as ever. Thread-safe.
 *
 * @param <T> the values
 */
final class RecentForms<T> {

    /** A larger form is not kept, so that memory is bounded by the number of slots. */
    static final int LARGEST = 4_096;

    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    private record Form<T>(String name, int version, byte[] bytes, T value) {}

    private final AtomicReferenceArray<@Nullable Form<T>> slots;

    /** Keeps at most so many, a power of two. */
    RecentForms(int slots) {
        this.slots = new AtomicReferenceArray<>(slots);
    }

    /**
     * A value was written.
     *
     * @param name with the version, tells apart forms of the same bytes
     */
    void keep(String name, int version, byte[] bytes, T value) {
        if (bytes.length <= LARGEST) {
            slots.set(slot(bytes), new Form<>(name, version, bytes, value));
        }
    }

    /** The value of a form. */
    T of(String name, int version, byte[] bytes, Supplier<T> read) {
        Form<T> form = slots.get(slot(bytes));
        if (form != null && form.version == version && form.name.equals(name) && Arrays.equals(form.bytes, bytes)) {
            return form.value;
        }
        T value = read.get();
        keep(name, version, bytes, value);
        return value;
    }

    private int slot(byte[] bytes) {
        int hash = Arrays.hashCode(bytes);
        return (hash ^ (hash >>> 16)) & (slots.length() - 1);
    }
}
