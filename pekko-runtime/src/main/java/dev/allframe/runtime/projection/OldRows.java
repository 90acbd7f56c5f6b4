package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.projection.Index;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ProjectionType.Replaced;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.RangeIndex;
import dev.allframe.projection.Rows;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.projection.ViewReader;
import dev.allframe.projection.fold.StoredRows;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the old version of a view, for those who ask the new one: each is made a new row when it is read. An index is
 * that of the old version which has the same name. Cursors are those of the new version, so that they stay valid when
 * that one answers.
 *
 * @param rows the old rows
 * @param type the new version
 * @param replaced the old version
 */
record OldRows<K, O, R>(ViewReader<K, O> rows, ProjectionType<K, R> type, Replaced<K, O, R> replaced)
        implements
            ViewReader<K, R> {

    /**
     * A new row.
     *
     * @throws IllegalStateException if the definition's function fails
     */
    static <O, R> R asNew(Object key, O row, Replaced<?, O, R> replaced) {
        R made;
        try {
            made = replaced.asNew().apply(row);
        } catch (RuntimeException failed) {
            throw failed(key, replaced, Failures.description(failed), failed);
        }
        if (made == null) {
            throw failed(key, replaced, "the function gave null", null);
        }
        return made;
    }

    private static IllegalStateException failed(Object key, Replaced<?, ?, ?> replaced, String why,
            @Nullable Throwable cause) {
        ProjectionType<?, ?> old = replaced.type();
        return new IllegalStateException("view '" + old.name() + "': the row of " + key + " of version "
                + old.version().number() + " cannot be made a row of the version that replaces it: " + why, cause);
    }

    private Rows<K, R> asNew(Rows<K, O> found, @Nullable String cursor) {
        return new Rows<>(found.entries()
                .stream()
                .map(each -> new Rows.Entry<>(each.key(), asNew(each.key(), each.row(), replaced)))
                .toList(), cursor);
    }

    @Override
    public Optional<R> get(K key) {
        return rows.get(key).map(row -> asNew(key, row, replaced));
    }

    @Override
    public <V> Rows<K, R> by(Index<R, V> index, V value, QueryOption... options) {
        Index<O, V> old = old(index);
        return renumbered(rows.by(old, value, renumbered(options, old)), index);
    }

    @Override
    public <V> Rows<K, R> range(RangeIndex<R, V> index, Range<V> range, QueryOption... options) {
        if (!(old(index) instanceof RangeIndex<O, V> old)) {
            throw lacks(index);
        }
        return renumbered(rows.range(old, range, renumbered(options, old)), index);
    }

    @Override
    public Rows<K, R> range(Range<K> keys, QueryOption... options) {
        Rows<K, O> found = rows.range(keys, options);
        return asNew(found, found.cursor());
    }

    @Override
    public long count() {
        return rows.count();
    }

    @Override
    public <V> long count(Index<R, V> index, V value) {
        return rows.count(old(index), value);
    }

    @SuppressWarnings("unchecked") // keys of the same description have the same values
    private <V> Index<O, V> old(Index<R, V> index) {
        String keys = StoredRows.known(type, index).keys().description();
        return (Index<O, V>) replaced.type()
                .indexes()
                .stream()
                .filter(each -> each.name().equals(index.name()) && each.keys().description().equals(keys))
                .findFirst()
                .orElseThrow(() -> lacks(index));
    }

    private ViewNotReadyException lacks(Index<?, ?> index) {
        return new ViewNotReadyException(type.name(), "is answered by version " + replaced.type().version().number()
                + ", which has no such index '" + index.name() + "'");
    }

    private Rows<K, R> renumbered(Rows<K, O> found, Index<R, ?> index) {
        String cursor = found.cursor();
        return asNew(found, cursor == null ? null : StoredRows.cursorOf(type, index, cursor));
    }

    private QueryOption[] renumbered(QueryOption[] options, Index<O, ?> old) {
        QueryOption[] asked = options.clone();
        for (int i = 0; i < asked.length; i++) {
            if (asked[i] instanceof QueryOption.After(String cursor)) {
                asked[i] = QueryOption.after(StoredRows.cursorOf(replaced.type(), old, cursor));
            }
        }
        return asked;
    }
}
