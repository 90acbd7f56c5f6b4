package dev.allframe.projection;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What is to become of rows, as a value. The changes of one event take effect in their order, all or none, and each
 * sees what those before it have made. Functions are pure and return a row; one that throws or returns null is a
 * failure of the view.
 *
 * @param <K> the keys of the rows
 * @param <R> the rows
 */
public sealed interface Change<K, R> {

    /** The row of a key, in place of the one that may be there. */
    record Put<K, R>(K key, R row) implements Change<K, R> {
        public Put {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(row, "row");
        }
    }

    /** The row of a key made anew from the one that is there; a failure where none is. */
    record Update<K, R>(K key, UnaryOperator<R> change) implements Change<K, R> {
        public Update {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(change, "change");
        }
    }

    /** The row of a key made anew from the one that is there, else from a first one. */
    record Upsert<K, R>(K key, R first, UnaryOperator<R> change) implements Change<K, R> {
        public Upsert {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(first, "first");
            Objects.requireNonNull(change, "change");
        }
    }

    /** No row for a key; nothing where there is none. */
    record Remove<K, R>(K key) implements Change<K, R> {
        public Remove {
            Objects.requireNonNull(key, "key");
        }
    }

    /** Every row that has a value in an index, made anew. */
    record UpdateBy<K, R, V>(Index<R, V> index, V value, UnaryOperator<R> change) implements Change<K, R> {
        public UpdateBy {
            Objects.requireNonNull(index, "index");
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(change, "change");
        }
    }

    /** No rows that have a value in an index. */
    record RemoveBy<K, R, V>(Index<R, V> index, V value) implements Change<K, R> {
        public RemoveBy {
            Objects.requireNonNull(index, "index");
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * What follows from the rows that are there: the last ones of a range of keys, as the changes before have left
     * them.
     *
     * @param range of keys
     * @param last how many rows are looked at most, from the end of the range
     * @param following the changes that follow from these rows, the last of the range first
     */
    record Following<K, R>(Range<K> range, int last,
            Function<List<Rows.Entry<K, R>>, Change<K, R>> following) implements Change<K, R> {
        public Following {
            Objects.requireNonNull(range, "range");
            Objects.requireNonNull(following, "following");
            if (last < 1 || last > MOST_FOLLOWED) {
                throw new IllegalArgumentException("1 to " + MOST_FOLLOWED + " rows can be looked at, not " + last);
            }
        }
    }

    /**
     * What follows from the latest of the times that the events so far have noted for a key, this one among them. Such
     * times are kept with the rows and are not served; a key may have one without a row.
     *
     * @param key of any row, or of none
     * @param time what this event notes
     * @param following the changes that follow from the latest time
     */
    record Latest<K, R>(K key, Instant time, Function<Instant, Change<K, R>> following) implements Change<K, R> {
        public Latest {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(time, "time");
            Objects.requireNonNull(following, "following");
        }
    }

    /** So many rows are looked at by one change at most. */
    int MOST_FOLLOWED = 1_000;

    /** Several changes, one after the other; none for an empty list. */
    record Several<K, R>(List<Change<K, R>> changes) implements Change<K, R> {
        public Several {
            changes = List.copyOf(changes);
        }
    }

    /** Sets the row of a key. */
    static <K, R> Change<K, R> put(K key, R row) {
        return new Put<>(key, row);
    }

    /** Changes the row of a key, which must be there. */
    static <K, R> Change<K, R> update(K key, UnaryOperator<R> change) {
        return new Update<>(key, change);
    }

    /** Changes the row of a key, beginning with a first one where none is there. */
    static <K, R> Change<K, R> upsert(K key, R first, UnaryOperator<R> change) {
        return new Upsert<>(key, first, change);
    }

    /** Removes the row of a key. */
    static <K, R> Change<K, R> remove(K key) {
        return new Remove<>(key);
    }

    /** Changes all rows that have a value in an index: one event, many rows. */
    static <K, R, V> Change<K, R> updateBy(Index<R, V> index, V value, UnaryOperator<R> change) {
        return new UpdateBy<>(index, value, change);
    }

    /** Removes all rows that have a value in an index: one event, many rows. */
    static <K, R, V> Change<K, R> removeBy(Index<R, V> index, V value) {
        return new RemoveBy<>(index, value);
    }

    /** Looks at the last rows of a range of keys, and makes the changes that follow from them. */
    static <K, R> Change<K, R> following(Range<K> range, int last,
            Function<List<Rows.Entry<K, R>>, Change<K, R>> following) {
        return new Following<>(range, last, following);
    }

    /** Notes a time for a key, and makes the changes that follow from the latest one of that key. */
    static <K, R> Change<K, R> latest(K key, Instant time, Function<Instant, Change<K, R>> following) {
        return new Latest<>(key, time, following);
    }

    /** Several changes of one event. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is copied and not passed on
    static <K, R> Change<K, R> changes(Change<K, R>... changes) {
        return new Several<>(Arrays.asList(changes));
    }

    /** Nothing. */
    static <K, R> Change<K, R> none() {
        return new Several<>(List.of());
    }
}
