package dev.allframe.projection;

import dev.allframe.store.Position;

/**
 * A view as it was, or as it would be: its own tables, which nothing changes, and which are gone when it is closed.
 * Callable from any thread.
 *
 * @param <K> the keys of the rows
 * @param <R> the rows
 */
public interface PastView<K, R> extends ViewReader<K, R>, AutoCloseable {

    /** Up to where the store was read. */
    Position position();

    /** Drops the rows. Repeats do nothing. */
    @Override
    void close();
}
