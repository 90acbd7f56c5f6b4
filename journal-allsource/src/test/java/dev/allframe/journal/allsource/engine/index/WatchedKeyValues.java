package dev.allframe.journal.allsource.engine.index;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tables of which somebody makes the calls that change them. */
public final class WatchedKeyValues implements KeyValues {

    /** Makes calls. */
    public interface Watcher {

        /**
         * Makes a call.
         *
         * @param what {@code batch}, {@code flush} or {@code checkpoint}; of a batch also the most telling of what it changes
         */
        void around(String what, Runnable call);
    }

    private final KeyValues entries;
    private final Watcher watcher;

    public WatchedKeyValues(KeyValues entries, Watcher watcher) {
        this.entries = entries;
        this.watcher = watcher;
    }

    @Override
    public View view() {
        return entries.view();
    }

    @Override
    public void write(Batch batch) {
        watcher.around("batch" + contents(batch), () -> entries.write(batch));
    }

    private static String contents(Batch batch) {
        String contents = "";
        for (Batch.Change change : batch.changes()) {
            if (change.table() == Table.SNAPSHOTS) {
                return change.value() == null ? " of deleted snapshots" : " of snapshots";
            }
            if (change.table() == Table.DELETED) {
                contents = " of deletes";
            }
        }
        return contents;
    }

    @Override
    public void flush() {
        watcher.around("flush", entries::flush);
    }

    @Override
    public void checkpoint(Path directory) {
        watcher.around("checkpoint", () -> entries.checkpoint(directory));
    }

    @Override
    public void verify() {
        entries.verify();
    }

    @Override
    public KeyValuesStats stats() {
        return entries.stats();
    }

    @Override
    public void close() {
        entries.close();
    }

    @Override
    public byte @Nullable [] get(Table table, byte[] key) {
        return entries.get(table, key);
    }

    @Override
    public List<byte @Nullable []> getAll(Table table, List<byte[]> keys) {
        return entries.getAll(table, keys);
    }

    @Override
    public Cursor cursor(Table table, KeyRange range) {
        return entries.cursor(table, range);
    }

    @Override
    public Cursor cursorBackwards(Table table, KeyRange range) {
        return entries.cursorBackwards(table, range);
    }
}
