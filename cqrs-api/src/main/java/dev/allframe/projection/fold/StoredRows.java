package dev.allframe.projection.fold;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.RowCodec;
import dev.allframe.failure.Failures;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.RangeIndex;
import dev.allframe.projection.Rows;
import dev.allframe.projection.ViewReader;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of one generation: of one moment where it reads a snapshot, else of the moment of each call. Callable
 * from any thread.
 */
public final class StoredRows<K, R> implements ViewReader<K, R> {

    private final ProjectionType<K, R> type;
    private final Keys<K> keys;
    private final RowCodec<R> codec;
    private final ViewReads tables;

    /** The rows in these tables. */
    public StoredRows(ProjectionType<K, R> type, RowCodec<R> codec, ViewReads tables) {
        this.type = type;
        this.keys = type.keys();
        this.codec = codec;
        this.tables = tables;
    }

    /**
     * A stored row. Rows were written by the same code, so that one which cannot be read is damage.
     *
     * @throws CorruptStoreException if it cannot be read
     */
    public static <R> R decode(RowCodec<R> codec, byte[] row) {
        try {
            return codec.decode(row);
        } catch (CodecException unfit) {
            throw new CorruptStoreException("a row of a view cannot be read: " + Failures.message(unfit), unfit);
        }
    }

    /** As rows: a key that cannot be read is damage. */
    private K decode(byte[] key) {
        try {
            return keys.decode(key);
        } catch (IllegalArgumentException unfit) {
            throw new CorruptStoreException("a key of a view cannot be read: " + Failures.message(unfit), unfit);
        }
    }

    @Override
    public Optional<R> get(K key) {
        byte[] row = tables.get(ViewTable.ROWS, keys.encode(key));
        return row == null ? Optional.empty() : Optional.of(decode(codec, row));
    }

    @Override
    public <V> Rows<K, R> by(Index<R, V> index, V value, QueryOption... options) {
        byte[] prefix = GenerationFormat.indexEntry(number(index), index.keys().encode(value),
                GenerationFormat.NOTHING);
        return ofIndex(index, KeyRange.prefix(prefix), options);
    }

    @Override
    public <V> Rows<K, R> range(RangeIndex<R, V> index, Range<V> range, QueryOption... options) {
        return ofIndex(index, inIndex(number(index), index.keys().encode(range)), options);
    }

    /** A range of values as a range of entries. */
    private static KeyRange inIndex(int number, KeyRange values) {
        byte[] beginning = GenerationFormat.indexEntry(number, GenerationFormat.NOTHING, GenerationFormat.NOTHING);
        byte[] from = values.from();
        byte[] until = values.until();
        return new KeyRange(
                from == null ? beginning : GenerationFormat.indexEntry(number, from, GenerationFormat.NOTHING),
                until == null
                        ? KeyRange.behindPrefix(beginning)
                        : GenerationFormat.indexEntry(number, until, GenerationFormat.NOTHING));
    }

    private int number(Index<R, ?> index) {
        return type.indexes().indexOf(known(type, index));
    }

    /**
     * An index of a view.
     *
     * @throws IllegalArgumentException if the view has no such index
     */
    public static <R, I extends Index<R, ?>> I known(ProjectionType<?, R> type, I index) {
        if (!type.indexes().contains(index)) {
            throw new IllegalArgumentException("view '" + type.name() + "' has no index '" + index.name()
                    + "': ask with one of those that it was declared with");
        }
        return index;
    }

    /**
     * A cursor of an index of another view, whose values and keys are written in the same way, as one of this view's
     * index.
     *
     * @throws IllegalArgumentException if it is no cursor
     */
    public static <R> String cursorOf(ProjectionType<?, R> type, Index<R, ?> index, String cursor) {
        byte[] entry = decoded(cursor);
        if (entry.length < GenerationFormat.INDEX_BYTES) {
            throw new IllegalArgumentException("'" + cursor + "' is no cursor of an answer by an index");
        }
        return written(GenerationFormat.indexEntry(type.indexes().indexOf(known(type, index)),
                GenerationFormat.behindIndex(entry), GenerationFormat.NOTHING));
    }

    private <V> Rows<K, R> ofIndex(Index<R, V> index, KeyRange entries, QueryOption... options) {
        Page page = page(ViewTable.INDEXES, entries, options, entry -> decode(keyOf(index, entry)), Cursor::key);
        List<byte[]> rowKeys = page.found.stream().map(entry -> keyOf(index, entry)).toList();
        List<Rows.Entry<K, R>> rows = new ArrayList<>(rowKeys.size());
        List<byte @Nullable []> found = tables.getAll(ViewTable.ROWS, rowKeys);
        for (int i = 0; i < rowKeys.size(); i++) {
            byte[] row = found.get(i);
            if (row != null) { // null where it was removed in between; a snapshot has all
                rows.add(new Rows.Entry<>(decode(rowKeys.get(i)), decode(codec, row)));
            }
        }
        return new Rows<>(rows, page.next());
    }

    private static <V> byte[] keyOf(Index<?, V> index, byte[] entry) {
        byte[] valueAndKey = GenerationFormat.behindIndex(entry);
        try {
            return Arrays.copyOfRange(valueAndKey, index.keys().lengthAt(valueAndKey, 0), valueAndKey.length);
        } catch (IllegalArgumentException unfit) {
            throw new CorruptStoreException("an entry of index '" + index.name() + "' cannot be read: "
                    + Failures.message(unfit), unfit);
        }
    }

    @Override
    public Rows<K, R> range(Range<K> wanted, QueryOption... options) {
        List<byte[]> values = new ArrayList<>();
        Page page = page(ViewTable.ROWS, keys.encode(wanted), options, this::decode, cursor -> {
            values.add(cursor.value());
            return cursor.key();
        });
        List<Rows.Entry<K, R>> rows = new ArrayList<>(page.found.size());
        for (int i = 0; i < page.found.size(); i++) {
            rows.add(new Rows.Entry<>(decode(page.found.get(i)), decode(codec, values.get(i))));
        }
        return new Rows<>(rows, page.next());
    }

    /** Entries that were found, and whether there are more. */
    private record Page(List<byte[]> found, boolean more) {

        @Nullable String next() {
            return more ? written(found.getLast()) : null;
        }
    }

    private static String written(byte[] last) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(last);
    }

    /**
     * Entries of a range.
     *
     * @param read fails with an entry that none can be
     */
    private Page page(ViewTable table, KeyRange range, QueryOption[] options, Function<byte[], K> read,
            Function<Cursor, byte[]> take) {
        int limit = QueryOption.USUAL_LIMIT;
        boolean descending = false;
        byte[] after = null;
        for (QueryOption option : options) {
            switch (option) {
                case QueryOption.Limit(int rows) -> limit = rows;
                case QueryOption.Descending() -> descending = true;
                case QueryOption.After(String cursor) -> after = parsed(cursor, range, read);
            }
        }
        List<byte[]> found = new ArrayList<>();
        try (Cursor cursor = tables.cursor(table, after == null ? range : behind(range, after, descending),
                descending)) {
            while (found.size() < limit && cursor.next()) {
                found.add(take.apply(cursor));
            }
            return new Page(found, found.size() == limit && cursor.next());
        }
    }

    /** The entry with which an earlier answer has ended: one that can be in the range of the question. */
    private byte[] parsed(String cursor, KeyRange range, Function<byte[], K> read) {
        byte[] last = decoded(cursor);
        try {
            if (range.contains(last)) {
                K unused = read.apply(last);
                return last;
            }
        } catch (IllegalArgumentException | CorruptStoreException unfit) {
            throw new IllegalArgumentException("'" + cursor + "' is no cursor of an answer", unfit);
        }
        throw new IllegalArgumentException("'" + cursor + "' is no cursor of an answer to this question");
    }

    private static byte[] decoded(String cursor) {
        try {
            return Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException unfit) {
            throw new IllegalArgumentException("'" + cursor + "' is no cursor of an answer", unfit);
        }
    }

    private static KeyRange behind(KeyRange range, byte[] last, boolean descending) {
        byte[] from = range.from();
        byte[] until = range.until();
        if (descending) {
            boolean within = until == null || Arrays.compareUnsigned(last, until) < 0;
            return new KeyRange(from, within ? last : until);
        }
        byte[] next = Arrays.copyOf(last, last.length + 1);
        boolean within = from == null || Arrays.compareUnsigned(next, from) > 0;
        return new KeyRange(within ? next : from, until);
    }

    @Override
    public long count() {
        byte[] state = tables.get(ViewTable.META, GenerationFormat.STATE);
        return state == null ? 0 : GenerationFormat.state(state).rows();
    }

    @Override
    public <V> long count(Index<R, V> index, V value) {
        byte[] prefix = GenerationFormat.indexEntry(number(index), index.keys().encode(value),
                GenerationFormat.NOTHING);
        long count = 0;
        try (Cursor entries = tables.cursor(ViewTable.INDEXES, KeyRange.prefix(prefix), false)) {
            while (entries.next()) {
                count++;
            }
        }
        return count;
    }
}
