package dev.allframe.journal.allsource.tables;

import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Does what other tables do; a subclass says what is different. */
public abstract class ForwardingKeyValues implements KeyValues {

    protected final KeyValues entries;

    protected ForwardingKeyValues(KeyValues entries) {
        this.entries = entries;
    }

    @Override
    public byte @Nullable [] get(TableName table, byte[] key) {
        return entries.get(table, key);
    }

    @Override
    public List<byte @Nullable []> getAll(TableName table, List<byte[]> keys) {
        return entries.getAll(table, keys);
    }

    @Override
    public Cursor cursor(TableName table, KeyRange range) {
        return entries.cursor(table, range);
    }

    @Override
    public Cursor cursorBackwards(TableName table, KeyRange range) {
        return entries.cursorBackwards(table, range);
    }

    @Override
    public TablesView view() {
        return entries.view();
    }

    @Override
    public void write(Batch batch) {
        entries.write(batch);
    }

    @Override
    public void flush() {
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
}
