package dev.allframe.projection;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows that were asked for, in order.
 *
 * @param entries the rows with their keys
 * @param cursor where to go on; null where these were the last
 * @param <K> the keys
 * @param <R> the rows
 */
public record Rows<K, R>(List<Entry<K, R>> entries, @Nullable String cursor) implements Iterable<R> {

    /** A row with its key. */
    public record Entry<K, R>(K key, R row) {}

    public Rows {
        entries = List.copyOf(entries);
    }

    /** The rows. */
    public List<R> rows() {
        return entries.stream().map(Entry::row).toList();
    }

    /** The keys. */
    public List<K> keys() {
        return entries.stream().map(Entry::key).toList();
    }

    /** Where to go on, for {@link QueryOption#after}; empty where these were the last. */
    public Optional<String> next() {
        return Optional.ofNullable(cursor);
    }

    @Override
    public Iterator<R> iterator() {
        return rows().iterator();
    }
}
