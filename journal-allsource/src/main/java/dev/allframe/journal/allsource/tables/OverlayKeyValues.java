package dev.allframe.journal.allsource.tables;

import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Changes in memory over tables that stay as they are: what a store would hold after its log was applied, without
 * writing it. For one thread; nothing may be written while a cursor or a view is open.
 */
public final class OverlayKeyValues extends ForwardingKeyValues {

    /** Empty where a key was deleted. */
    private final Map<TableName, NavigableMap<byte[], Optional<byte[]>>> changes = new HashMap<>();

    private OverlayKeyValues(KeyValues below) {
        super(below);
    }

    /** Over tables, which are closed with this. */
    public static OverlayKeyValues over(KeyValues below) {
        return new OverlayKeyValues(below);
    }

    private NavigableMap<byte[], Optional<byte[]>> changes(TableName table) {
        return changes.computeIfAbsent(table, first -> new TreeMap<>(Arrays::compareUnsigned));
    }

    @Override
    public byte @Nullable [] get(TableName table, byte[] key) {
        Optional<byte[]> changed = changes(table).get(key);
        return changed == null ? entries.get(table, key) : changed.orElse(null);
    }

    @Override
    public List<byte @Nullable []> getAll(TableName table, List<byte[]> keys) {
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        for (byte[] key : keys) {
            values.add(get(table, key));
        }
        return values;
    }

    @Override
    public Cursor cursor(TableName table, KeyRange range) {
        return new Merged(within(changes(table), range), entries.cursor(table, range), 1);
    }

    @Override
    public Cursor cursorBackwards(TableName table, KeyRange range) {
        return new Merged(within(changes(table), range).descendingMap(), entries.cursorBackwards(table, range), -1);
    }

    private static NavigableMap<byte[], Optional<byte[]>> within(NavigableMap<byte[], Optional<byte[]>> all,
            KeyRange range) {
        if (range.isEmpty()) {
            return new TreeMap<>(all.comparator());
        }
        NavigableMap<byte[], Optional<byte[]>> part = all;
        byte[] from = range.from();
        byte[] until = range.until();
        if (from != null) {
            part = part.tailMap(from, true);
        }
        return until == null ? part : part.headMap(until, false);
    }

    @Override
    public TablesView view() {
        return new LiveView();
    }

    @Override
    public void write(Batch batch) {
        for (Batch.Change change : batch.changes()) {
            changes(change.table()).put(change.key(), Optional.ofNullable(change.value()));
        }
    }

    /** Refused: this is kept nowhere. */
    @Override
    public void flush() {
        throw new UnsupportedOperationException("what lies over tables that are only read is not kept");
    }

    /** Refused, as {@link #flush}. */
    @Override
    public void checkpoint(Path directory) {
        throw new UnsupportedOperationException("what lies over tables that are only read is not copied to "
                + directory);
    }

    /** Two cursors in one order; where both have a key, the change counts. */
    private static final class Merged implements Cursor {

        private final Iterator<Map.Entry<byte[], Optional<byte[]>>> above;
        private final Cursor under;
        private final int direction;
        private Map.@Nullable Entry<byte[], Optional<byte[]>> change;
        private boolean underHas;
        private byte[] key = {};
        private byte[] value = {};

        Merged(NavigableMap<byte[], Optional<byte[]>> above, Cursor under, int direction) {
            this.above = above.entrySet().iterator();
            this.under = under;
            this.direction = direction;
            this.change = this.above.hasNext() ? this.above.next() : null;
            this.underHas = under.next();
        }

        @Override
        public boolean next() {
            while (change != null || underHas) {
                Map.Entry<byte[], Optional<byte[]>> changed = change;
                int order = changed == null
                        ? 1
                        : underHas ? direction * Arrays.compareUnsigned(changed.getKey(), under.key()) : -1;
                if (changed == null || order > 0) {
                    key = under.key();
                    value = under.value();
                    underHas = under.next();
                    return true;
                }
                change = above.hasNext() ? above.next() : null;
                if (order == 0) {
                    underHas = under.next();
                }
                if (changed.getValue().isPresent()) {
                    key = changed.getKey();
                    value = changed.getValue().get();
                    return true;
                }
            }
            return false;
        }

        @Override
        public byte[] key() {
            return key;
        }

        @Override
        public byte[] value() {
            return value;
        }

        @Override
        public void close() {
            under.close();
        }
    }

    /** Not a moment kept, but the tables themselves: nobody writes while it is open. */
    private final class LiveView implements TablesView {

        @Override
        public byte @Nullable [] get(TableName table, byte[] key) {
            return OverlayKeyValues.this.get(table, key);
        }

        @Override
        public List<byte @Nullable []> getAll(TableName table, List<byte[]> keys) {
            return OverlayKeyValues.this.getAll(table, keys);
        }

        @Override
        public Cursor cursor(TableName table, KeyRange range) {
            return OverlayKeyValues.this.cursor(table, range);
        }

        @Override
        public Cursor cursorBackwards(TableName table, KeyRange range) {
            return OverlayKeyValues.this.cursorBackwards(table, range);
        }

        @Override
        public void close() {}
    }
}
