package dev.allframe.sample.bank.views;

import static dev.allframe.projection.QueryOption.MAX_LIMIT;
import static dev.allframe.projection.QueryOption.after;
import static dev.allframe.projection.QueryOption.limit;

import dev.allframe.projection.Range;
import dev.allframe.projection.Rows;
import dev.allframe.projection.ViewReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every row of a range of keys, in pages, however many there are. */
public final class AllRows {

    private AllRows() {}

    /** The rows in the order of their keys. */
    public static <K, R> List<Rows.Entry<K, R>> list(ViewReader<K, R> reader, Range<K> keys) {
        List<Rows.Entry<K, R>> all = new ArrayList<>();
        of(reader, keys).forEach(all::add);
        return all;
    }

    /** The rows in the order of their keys; each page is read when the one before it is used up. */
    public static <K, R> Iterable<Rows.Entry<K, R>> of(ViewReader<K, R> reader, Range<K> keys) {
        return () -> Stream.iterate(Optional.of(reader.range(keys, limit(MAX_LIMIT))), Optional::isPresent,
                page -> page.flatMap(Rows::next).map(cursor -> reader.range(keys, limit(MAX_LIMIT), after(cursor))))
                .flatMap(page -> page.orElseThrow().entries().stream())
                .iterator();
    }
}
