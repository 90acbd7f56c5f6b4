package dev.allframe.runtime.projection;

import dev.allframe.projection.Index;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.Rows;
import dev.allframe.projection.ViewReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which rows of a view are watched. Immutable. */
sealed interface WatchedPart<K, R> {

    /** Every row. */
    record All<K, R>() implements WatchedPart<K, R> {}

    /** The row of a key, which may be missing. */
    record OfKey<K, R>(RowKey<K> key) implements WatchedPart<K, R> {}

    /**
     * The rows that have a value in an index.
     *
     * @param bytes the value as tables compare it
     */
    record OfValue<K, R, V>(Index<R, V> index, V value, ByteBuffer bytes) implements WatchedPart<K, R> {

        OfValue(Index<R, V> index, V value) {
            this(index, value, ByteBuffer.wrap(index.keys().encode(value)));
        }

        private Rows<K, R> rows(ViewReader<K, R> rows, QueryOption... options) {
            return rows.by(index, value, options);
        }
    }

    /** The next rows in the order of their keys; from the first on where the cursor is null. */
    default Rows<K, R> page(ViewReader<K, R> rows, @Nullable String cursor, int limit) {
        List<QueryOption> options = new ArrayList<>(List.of(QueryOption.limit(limit)));
        if (cursor != null) {
            options.add(QueryOption.after(cursor));
        }
        QueryOption[] asked = options.toArray(QueryOption[]::new);
        return switch (this) {
            case All<K, R>() -> rows.range(Range.all(), asked);
            case OfKey<K, R>(var key) -> new Rows<>(
                    rows.get(key.key()).map(row -> List.of(new Rows.Entry<>(key.key(), row))).orElse(List.of()), null);
            case OfValue<K, R, ?> of -> of.rows(rows, asked);
        };
    }

    /** Whether a row whose key is concerned is one of those that are watched. */
    default boolean has(R row) {
        return !(this instanceof OfValue<K, R, ?> of) || of.bytes().equals(bytes(of.index(), row));
    }

    /** The value of a row in an index as tables compare it; null where the row is not in the index. */
    static <R, V> @Nullable ByteBuffer bytes(Index<R, V> index, @Nullable R row) {
        V value = row == null ? null : index.valueOf(row);
        return value == null ? null : ByteBuffer.wrap(index.keys().encode(value));
    }
}
