package dev.allframe.runtime.projection;

import dev.allframe.projection.Index;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.RangeIndex;
import dev.allframe.projection.Rows;
import dev.allframe.projection.ViewReader;
import dev.allframe.store.CorruptStoreException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Rows that users' code reads, which report their own damage: it is told apart from damage of something else that the
 * code meets.
 *
 * @param rows the rows
 * @param damaged is told of damage, which is thrown then
 */
record ReportingRows<K, R>(ViewReader<K, R> rows, Consumer<CorruptStoreException> damaged)
        implements
            ViewReader<K, R> {

    private <T> T reporting(Supplier<T> read) {
        try {
            return read.get();
        } catch (CorruptStoreException damage) {
            damaged.accept(damage);
            throw damage;
        }
    }

    @Override
    public Optional<R> get(K key) {
        return reporting(() -> rows.get(key));
    }

    @Override
    public <V> Rows<K, R> by(Index<R, V> index, V value, QueryOption... options) {
        return reporting(() -> rows.by(index, value, options));
    }

    @Override
    public <V> Rows<K, R> range(RangeIndex<R, V> index, Range<V> range, QueryOption... options) {
        return reporting(() -> rows.range(index, range, options));
    }

    @Override
    public Rows<K, R> range(Range<K> keys, QueryOption... options) {
        return reporting(() -> rows.range(keys, options));
    }

    @Override
    public long count() {
        return reporting(rows::count);
    }

    @Override
    public <V> long count(Index<R, V> index, V value) {
        return reporting(() -> rows.count(index, value));
    }
}
