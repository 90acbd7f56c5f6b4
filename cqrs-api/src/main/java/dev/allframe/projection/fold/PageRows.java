package dev.allframe.projection.fold;

import dev.allframe.codec.RowCodec;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.Rows;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a page touches: each is read once, before the page's first change, and written once, behind its last.
 * The changes of one event are kept or taken back together. For one thread and one page.
 */
final class PageRows<K, R> {

    /** From so many rows on it pays to hand them to other threads. */
    private static final int MANY = 1_000;

    private static final Comparator<byte[]> BY_BYTES = Arrays::compareUnsigned;

    private final ViewReads stored;
    private final boolean anyStored;
    private final Keys<K> keys;
    private final List<Index<R, ?>> indexes;
    private final RowCodec<R> codec;
    private final Map<Key, Row> rows = new HashMap<>();

    /** The same rows in the order of their keys, from when a range of them is asked for. */
    private @Nullable NavigableMap<byte[], Row> ordered;

    private final List<Undo> ofEvent = new ArrayList<>();

    /**
     * The rows of a page.
     *
     * @param anyStored whether any row is stored: an index of none needs no look
     */
    PageRows(ViewReads stored, boolean anyStored, ProjectionType<K, R> type, RowCodec<R> codec) {
        this.stored = stored;
        this.anyStored = anyStored;
        this.keys = type.keys();
        this.indexes = type.indexes();
        this.codec = codec;
    }

    /** Bytes that are compared. */
    @SuppressWarnings("ArrayRecordComponent") // its equality is its own
    private record Key(byte[] bytes) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key(byte[] others) && Arrays.equals(bytes, others);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    /** What one event has changed of a row. */
    private final class Undo {
        private final Row row;
        private final @Nullable R before;
        private final List<byte @Nullable []> valuesBefore;

        Undo(Row row) {
            this.row = row;
            this.before = row.now;
            this.valuesBefore = row.values;
        }
    }

    /** A row: as it is stored, and as the page has made it. */
    private final class Row {
        private final byte[] key;
        private final byte @Nullable [] storedBytes;
        private final @Nullable R storedRow;
        private final List<byte @Nullable []> storedValues;
        private @Nullable R now;
        private List<byte @Nullable []> values;

        Row(byte[] key, byte @Nullable [] bytes) {
            this.key = key;
            storedBytes = bytes;
            storedRow = bytes == null ? null : StoredRows.decode(codec, bytes);
            storedValues = values(storedRow);
            now = storedRow;
            values = storedValues;
        }
    }

    /** The bytes of a row's values in each index, null for an index that the row is not in; empty for no row. */
    private List<byte @Nullable []> values(@Nullable R row) {
        List<byte @Nullable []> values = new ArrayList<>(row == null ? 0 : indexes.size());
        if (row != null) {
            for (Index<R, ?> index : indexes) {
                values.add(value(index, row));
            }
        }
        return values;
    }

    private static <R, V> byte @Nullable [] value(Index<R, V> index, R row) {
        V value = index.valueOf(row);
        return value == null ? null : index.keys().encode(value);
    }

    /** Reads rows that will be asked for, all at once. */
    void load(Collection<byte[]> wanted) {
        Set<Key> missing = new LinkedHashSet<>();
        for (byte[] key : wanted) {
            Key compared = new Key(key);
            if (!rows.containsKey(compared)) {
                missing.add(compared);
            }
        }
        List<byte[]> keysOfMissing = missing.stream().map(Key::bytes).toList();
        List<byte @Nullable []> found = stored.getAll(ViewTable.ROWS, keysOfMissing);
        upTo(found.size()).mapToObj(at -> new Row(keysOfMissing.get(at), found.get(at)))
                .toList()
                .forEach(this::known);
    }

    private Row row(byte[] key) {
        Row row = rows.get(new Key(key));
        return row != null ? row : known(new Row(key, stored.get(ViewTable.ROWS, key)));
    }

    private Row known(Row row) {
        rows.put(new Key(row.key), row);
        if (ordered != null) {
            ordered.put(row.key, row);
        }
        return row;
    }

    @Nullable R get(byte[] key) {
        return row(key).now;
    }

    /** Sets a row, or with null removes it. */
    void set(byte[] key, @Nullable R changed) {
        Row row = row(key);
        ofEvent.add(new Undo(row));
        row.values = values(changed);
        row.now = changed;
    }

    /** The keys of the rows that have a value in an index at this moment, in their order. */
    List<byte[]> keysBy(int index, byte[] value) {
        List<byte[]> found = anyStored ? storedKeysBy(index, value) : new ArrayList<>();
        for (Row row : rows.values()) {
            if (!row.values.isEmpty() && Arrays.equals(row.values.get(index), value)) {
                found.add(row.key);
            }
        }
        found.sort(BY_BYTES);
        return found;
    }

    /** The keys of rows that the page has not touched. */
    private List<byte[]> storedKeysBy(int index, byte[] value) {
        List<byte[]> found = new ArrayList<>();
        byte[] prefix = GenerationFormat.indexEntry(index, value, new byte[0]);
        try (Cursor entries = stored.cursor(ViewTable.INDEXES, KeyRange.prefix(prefix), false)) {
            while (entries.next()) {
                byte[] key = Arrays.copyOfRange(entries.key(), prefix.length, entries.key().length);
                if (!rows.containsKey(new Key(key))) {
                    found.add(key);
                }
            }
        }
        return found;
    }

    /** The last rows of a range at this moment, from its end on. */
    List<Rows.Entry<K, R>> last(KeyRange range, int most) {
        List<byte[]> unread = new ArrayList<>();
        try (Cursor entries = stored.cursor(ViewTable.ROWS, range, true)) {
            while (unread.size() < most && entries.next()) {
                if (!rows.containsKey(new Key(entries.key()))) {
                    unread.add(entries.key());
                }
            }
        }
        unread.forEach(this::row);
        List<Rows.Entry<K, R>> found = new ArrayList<>();
        for (Row row : inOrder(range).descendingMap().values()) {
            if (found.size() == most) {
                break;
            }
            if (row.now != null) {
                found.add(new Rows.Entry<>(keys.decode(row.key), row.now));
            }
        }
        return found;
    }

    private NavigableMap<byte[], Row> inOrder(KeyRange range) {
        NavigableMap<byte[], Row> all = ordered;
        if (all == null) {
            all = new TreeMap<>(BY_BYTES);
            for (Row row : rows.values()) {
                all.put(row.key, row);
            }
            ordered = all;
        }
        byte[] from = range.from();
        byte[] until = range.until();
        NavigableMap<byte[], Row> above = from == null ? all : all.tailMap(from, true);
        return until == null
                ? above
                : from != null && BY_BYTES.compare(from, until) >= 0
                        ? Collections.emptyNavigableMap()
                        : above.headMap(until, false);
    }

    /** Keeps what was set since the last keeping: the changes of one event. */
    void keep() {
        ofEvent.clear();
    }

    /** As {@link #keep}, and makes sure that the rows can be written. */
    void keepWritable() {
        for (Undo undo : ofEvent) {
            R now = undo.row.now;
            if (now != null) {
                codec.encode(now);
            }
        }
        ofEvent.clear();
    }

    /** Takes back what was set since the last keeping. */
    void takeBack() {
        for (Undo undo : ofEvent.reversed()) {
            undo.row.now = undo.before;
            undo.row.values = undo.valuesBefore;
        }
        ofEvent.clear();
    }

    /**
     * What the page has made of the rows.
     *
     * @param changes the rows that differ
     * @param added how many rows there are more
     * @param digest the digest behind the page
     */
    record Written<K, R>(List<RowChange<K, R>> changes, long added, Digest digest) {}

    /**
     * Puts every row that differs into a batch, with its entries in the indexes.
     *
     * @throws dev.allframe.codec.CodecException if a row cannot be written
     */
    Written<K, R> write(ViewBatch batch, Digest before) {
        List<Row> all = List.copyOf(rows.values());
        List<Rewritten> rewritten = upTo(all.size()).mapToObj(at -> rewritten(all.get(at)))
                .flatMap(Optional::stream)
                .toList();
        List<RowChange<K, R>> changes = new ArrayList<>(rewritten.size());
        long added = 0;
        Digest digest = before;
        for (Rewritten made : rewritten) {
            Row row = made.row;
            if (row.storedBytes != null) {
                digest = digest.minus(made.digestBefore);
                added--;
            }
            if (made.bytes == null) {
                batch.delete(ViewTable.ROWS, row.key);
            } else {
                batch.put(ViewTable.ROWS, row.key, made.bytes);
                digest = digest.plus(made.digest);
                added++;
            }
            index(batch, row);
            changes.add(new RowChange<>(keys.decode(row.key), row.storedRow, row.now));
        }
        return new Written<>(changes, added, digest);
    }

    /** A row with the bytes that it has behind the page, null for no row, and the digests of both. */
    private final class Rewritten {
        private final Row row;
        private final byte @Nullable [] bytes;
        private final Digest digestBefore;
        private final Digest digest;

        Rewritten(Row row, byte @Nullable [] bytes) {
            this.row = row;
            this.bytes = bytes;
            this.digestBefore = digest(row.key, row.storedBytes);
            this.digest = digest(row.key, bytes);
        }

        private static Digest digest(byte[] key, byte @Nullable [] bytes) {
            return bytes == null ? Digest.NONE : Digest.of(key, bytes);
        }

    }

    /** A row that differs from what is stored. */
    @SuppressWarnings("ReferenceEquality") // the same object was not changed; others are compared by their bytes
    private Optional<Rewritten> rewritten(Row row) {
        R now = row.now;
        if (now == row.storedRow) {
            return Optional.empty();
        }
        byte[] bytes = now == null ? null : codec.encode(now);
        return Arrays.equals(row.storedBytes, bytes) ? Optional.empty() : Optional.of(new Rewritten(row, bytes));
    }

    /**
     * The numbers below a count, gone through by several threads where they are many: the rows of a large page are
     * read and written as JSON by all processors, in no order, as functions of rows are pure and codecs thread-safe.
     */
    private static IntStream upTo(int count) {
        IntStream numbers = IntStream.range(0, count);
        return count < MANY ? numbers : numbers.parallel();
    }

    private void index(ViewBatch batch, Row row) {
        for (int i = 0; i < indexes.size(); i++) {
            byte[] oldValue = row.storedValues.isEmpty() ? null : row.storedValues.get(i);
            byte[] newValue = row.values.isEmpty() ? null : row.values.get(i);
            if (Arrays.equals(oldValue, newValue)) {
                continue;
            }
            if (oldValue != null) {
                batch.delete(ViewTable.INDEXES, GenerationFormat.indexEntry(i, oldValue, row.key));
            }
            if (newValue != null) {
                batch.put(ViewTable.INDEXES, GenerationFormat.indexEntry(i, newValue, row.key),
                        GenerationFormat.NOTHING);
            }
        }
    }

    /** How a row is changed: the function's result, which must be a row. */
    static <R> R changed(@Nullable R result) {
        return Objects.requireNonNull(result, "the function of a change returned null: Change.remove removes a row");
    }
}
