package dev.allframe.projection;

import java.util.Optional;

/**
 * Asks the rows of a view, without waiting for anything. Callable from any thread. Each call sees the view between two
 * events; two calls may see different moments, unless both are made in one {@link View#read}.
 *
 * <p>Every method throws {@link ViewNotReadyException} while there is nothing to read from: the view is being built for
 * the first time, or anew for changed code. Where stored rows are damaged a method throws
 * {@link dev.allframe.store.CorruptStoreException}; the view is then set aside and built anew.
 *
 * @param <K> the keys
 * @param <R> the rows
 */
public interface ViewReader<K, R> {

    /** The row of a key; empty where there is none. */
    Optional<R> get(K key);

    /**
     * The rows that have a value, in the order of their keys.
     *
     * @throws IllegalArgumentException if the view has no such index
     */
    <V> Rows<K, R> by(Index<R, V> index, V value, QueryOption... options);

    /**
     * The rows whose value is in a range, in the order of their values, then of their keys.
     *
     * @throws IllegalArgumentException if the view has no such index
     */
    <V> Rows<K, R> range(RangeIndex<R, V> index, Range<V> range, QueryOption... options);

    /** The rows whose key is in a range, in the order of their keys. */
    Rows<K, R> range(Range<K> keys, QueryOption... options);

    /** How many rows there are. Not a scan. */
    long count();

    /** How many rows have a value. Goes through them. */
    <V> long count(Index<R, V> index, V value);
}
