package dev.allframe.journal.allsource.tables;

import dev.allframe.store.StoreClosedException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.SortedTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tables in memory. What was flushed is kept apart from what was not, so that a test can lose the latter;
 * {@link #remembering} keeps every moment. Arrays are not copied: nobody changes what was passed or read.
 */
public final class MemoryKeyValues implements KeyValues {

    private final boolean remembering;
    private final List<Map<TableName, SortedTree>> moments = new ArrayList<>();
    private volatile @Nullable Map<TableName, SortedTree> tables;
    private Map<TableName, SortedTree> flushed;
    private int flushedMoment;

    private MemoryKeyValues(Map<TableName, SortedTree> tables, boolean remembering) {
        this.tables = tables;
        this.flushed = tables;
        this.remembering = remembering;
        moments.add(tables);
    }

    /** Empty tables. */
    public static MemoryKeyValues open(Set<? extends TableName> tables) {
        return new MemoryKeyValues(empty(tables), false);
    }

    /** Empty tables that keep their contents after every batch, for {@link #crashTo}. */
    public static MemoryKeyValues remembering(Set<? extends TableName> tables) {
        return new MemoryKeyValues(empty(tables), true);
    }

    private static Map<TableName, SortedTree> empty(Set<? extends TableName> tables) {
        Map<TableName, SortedTree> empty = new HashMap<>();
        tables.forEach(table -> empty.put(table, SortedTree.EMPTY));
        return empty;
    }

    /** What a crash leaves when nothing but the flushed is kept: other tables, with the contents of the last flush. */
    public synchronized MemoryKeyValues crash() {
        return new MemoryKeyValues(flushed, remembering);
    }

    /** What a crash leaves when the first so many batches are kept. Only where every moment is remembered. */
    public synchronized MemoryKeyValues crashTo(int batches) {
        return new MemoryKeyValues(moments.get(batches), remembering);
    }

    /** How many batches were written since this was opened, and are remembered. */
    public synchronized int batches() {
        return moments.size() - 1;
    }

    /** How many of them were written before the last flush. */
    public synchronized int flushedBatches() {
        return flushedMoment;
    }

    @Override
    public byte @Nullable [] get(TableName table, byte[] key) {
        return tree(tables(), table).get(key);
    }

    @Override
    public List<byte @Nullable []> getAll(TableName table, List<byte[]> keys) {
        return getAll(tree(tables(), table), keys);
    }

    @Override
    public Cursor cursor(TableName table, KeyRange range) {
        return tree(tables(), table).cursor(range, false);
    }

    @Override
    public Cursor cursorBackwards(TableName table, KeyRange range) {
        return tree(tables(), table).cursor(range, true);
    }

    @Override
    public TablesView view() {
        return new MemoryView(tables());
    }

    @Override
    public synchronized void write(Batch batch) {
        Map<TableName, SortedTree> changed = new HashMap<>(tables());
        for (Batch.Change change : batch.changes()) {
            SortedTree tree = tree(changed, change.table());
            byte[] value = change.value();
            changed.put(change.table(), value == null ? tree.remove(change.key()) : tree.put(change.key(), value));
        }
        tables = changed;
        if (remembering) {
            moments.add(changed);
        }
    }

    @Override
    public synchronized void flush() {
        flushed = tables();
        flushedMoment = moments.size() - 1;
    }

    /** Refused: there is no file. */
    @Override
    public void checkpoint(Path directory) {
        throw new UnsupportedOperationException("tables in memory have no files to copy to " + directory);
    }

    /** Nothing to compare: memory has no checksums. */
    @Override
    public void verify() {
        tables();
    }

    @Override
    public KeyValuesStats stats() {
        return new KeyValuesStats(0, 0);
    }

    @Override
    public synchronized void close() {
        tables = null;
    }

    private Map<TableName, SortedTree> tables() {
        Map<TableName, SortedTree> all = tables;
        if (all == null) {
            throw new StoreClosedException("tables in memory");
        }
        return all;
    }

    private static SortedTree tree(Map<TableName, SortedTree> tables, TableName table) {
        SortedTree tree = tables.get(table);
        if (tree == null) {
            throw new IllegalArgumentException("no table " + table + " here");
        }
        return tree;
    }

    private static List<byte @Nullable []> getAll(SortedTree tree, List<byte[]> keys) {
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        for (byte[] key : keys) {
            values.add(tree.get(key));
        }
        return values;
    }

    /** Ends with the tables, as one of RocksDB does. */
    private final class MemoryView implements TablesView {

        private final Map<TableName, SortedTree> moment;

        MemoryView(Map<TableName, SortedTree> moment) {
            this.moment = moment;
        }

        private SortedTree open(TableName table) {
            tables();
            return tree(moment, table);
        }

        @Override
        public byte @Nullable [] get(TableName table, byte[] key) {
            return open(table).get(key);
        }

        @Override
        public List<byte @Nullable []> getAll(TableName table, List<byte[]> keys) {
            return MemoryKeyValues.getAll(open(table), keys);
        }

        @Override
        public Cursor cursor(TableName table, KeyRange range) {
            return open(table).cursor(range, false);
        }

        @Override
        public Cursor cursorBackwards(TableName table, KeyRange range) {
            return open(table).cursor(range, true);
        }

        @Override
        public void close() {}
    }
}
