package dev.allframe.projection;

import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds rows by a value of theirs. Compared by identity: the constant with which a view is declared is the one with
 * which it is asked.
 *
 * @param <R> the rows
 * @param <V> the values
 */
public sealed class Index<R, V> permits RangeIndex {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    private final String name;
    private final Function<R, @Nullable V> value;
    private final Keys<V> keys;

    Index(String name, Function<R, @Nullable V> value, Keys<V> keys) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("index name '" + name
                    + "' must be lower case letters, digits and hyphens, beginning with a letter");
        }
        this.name = name;
        this.value = Objects.requireNonNull(value, "value");
        this.keys = Objects.requireNonNull(keys, "keys");
    }

    /**
     * An index that finds rows by equal values.
     *
     * @param name unique in the view
     * @param value the value of a row, pure; null for a row that is not to be found by this index
     * @param keys how values are compared
     */
    public static <R, V> Index<R, V> on(String name, Function<R, @Nullable V> value, Keys<V> keys) {
        return new Index<>(name, value, keys);
    }

    /** Its name in the view. */
    public String name() {
        return name;
    }

    /** How its values are compared. */
    public Keys<V> keys() {
        return keys;
    }

    /** The value of a row; null where the row is not in this index. */
    public @Nullable V valueOf(R row) {
        return value.apply(row);
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + name + "]";
    }
}
