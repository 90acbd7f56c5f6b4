package dev.allframe.projection;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds rows by a range of values too, and gives them in the order of their values.
 *
 * @param <R> the rows
 * @param <V> the values
 */
public final class RangeIndex<R, V> extends Index<R, V> {

    private RangeIndex(String name, Function<R, @Nullable V> value, Keys<V> keys) {
        super(name, value, keys);
    }

    /**
     * An index that finds rows by ranges of values.
     *
     * @param name unique in the view
     * @param value the value of a row, pure; null for a row that is not to be found by this index
     * @param keys how values are ordered
     */
    public static <R, V> RangeIndex<R, V> on(String name, Function<R, @Nullable V> value, Keys<V> keys) {
        return new RangeIndex<>(name, value, keys);
    }
}
