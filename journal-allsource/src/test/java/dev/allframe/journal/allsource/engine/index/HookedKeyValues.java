package dev.allframe.journal.allsource.engine.index;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tables in which something happens before a flush and before a cursor is opened. */
public final class HookedKeyValues implements KeyValues {

    private final KeyValues entries;
    private final Runnable beforeFlush;
    private final Runnable beforeCursor;

    public HookedKeyValues(KeyValues entries, Runnable beforeFlush, Runnable beforeCursor) {
        this.entries = entries;
        this.beforeFlush = beforeFlush;
        this.beforeCursor = beforeCursor;
    }

    @Override
    public View view() {
        return entries.view();
    }

    @Override
    public void write(Batch batch) {
        entries.write(batch);
    }

    @Override
    public void flush() {
        beforeFlush.run();
        entries.flush();
    }

    @Override
    public void checkpoint(Path directory) {
        entries.checkpoint(directory);
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
        beforeCursor.run();
        return entries.cursor(table, range);
    }

    @Override
    public Cursor cursorBackwards(Table table, KeyRange range) {
        beforeCursor.run();
        return entries.cursorBackwards(table, range);
    }
}
