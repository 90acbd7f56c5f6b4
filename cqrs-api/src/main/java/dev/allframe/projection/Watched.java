package dev.allframe.projection;

import dev.allframe.store.Position;
import java.util.Objects;

/**
 * What a watcher of a view is given. Who keeps the last element of each key, forgets a key when it is {@link Gone} and
 * all keys at {@link Again}, has the rows of the view.
 *
 * @param <K> the keys
 * @param <R> the rows
 */
public sealed interface Watched<K, R> {

    /** What is given is as the view had it at this position or later. */
    Position position();

    /**
     * A row: one of the first rows, or one that is new or has changed. It may be equal to the one that was given
     * before.
     *
     * @param changes how many changes of the row this one stands for since the row was last given; 0 where it is met
     *        among the first rows. Changes that the view has applied with one page are counted as one
     */
    record Row<K, R>(K key, R row, long changes, Position position) implements Watched<K, R> {
        public Row {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(row, "row");
            Objects.requireNonNull(position, "position");
        }
    }

    /**
     * There is no row of the key, or it does not have the value that is watched. Its row may not have been given
     * before.
     *
     * @param changes as in {@link Row}
     */
    record Gone<K, R>(K key, long changes, Position position) implements Watched<K, R> {
        public Gone {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(position, "position");
        }
    }

    /** The first rows are complete, and changes follow. Once for each time that the watcher begins. */
    record Current<K, R>(Position position) implements Watched<K, R> {
        public Current {
            Objects.requireNonNull(position, "position");
        }
    }

    /** All that was given is to be forgotten: the watcher begins again with the first rows. */
    record Again<K, R>(Reason reason, Position position) implements Watched<K, R> {
        public Again {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(position, "position");
        }
    }

    /** Why a watcher begins again. */
    enum Reason {
        /** More keys have changed than are kept for a watcher that does not ask for them. */
        BEHIND,
        /** The view serves other tables: it was built anew, or opened again after a failure. */
        REPLACED
    }
}
