package dev.allframe.journal.allsource.tables;

import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;

/** Tables in which something happens before a batch is written, before a flush and before a cursor is opened. */
public final class HookedKeyValues extends ForwardingKeyValues {

    private final Runnable beforeWrite;
    private final Runnable beforeFlush;
    private final Runnable beforeCursor;

    public HookedKeyValues(KeyValues entries, Runnable beforeWrite, Runnable beforeFlush, Runnable beforeCursor) {
        super(entries);
        this.beforeWrite = beforeWrite;
        this.beforeFlush = beforeFlush;
        this.beforeCursor = beforeCursor;
    }

    @Override
    public void write(Batch batch) {
        beforeWrite.run();
        super.write(batch);
    }

    @Override
    public void flush() {
        beforeFlush.run();
        super.flush();
    }

    @Override
    public Cursor cursor(TableName table, KeyRange range) {
        beforeCursor.run();
        return super.cursor(table, range);
    }

    @Override
    public Cursor cursorBackwards(TableName table, KeyRange range) {
        beforeCursor.run();
        return super.cursorBackwards(table, range);
    }
}
