package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.tables.HookedKeyValues;
import dev.allframe.journal.allsource.tables.KeyValues;

/** Tables in which something happens before a flush or a batch, and in whose state before a cursor is opened. */
final class HookedTables implements Tables {

    private final Tables tables;
    private volatile Runnable beforeWrite = () -> {};
    private volatile Runnable beforeIndexWrite = () -> {};
    private volatile Runnable beforeFlush = () -> {};
    private volatile Runnable beforeIndexFlush = () -> {};
    private volatile Runnable beforeCursor = () -> {};

    HookedTables(Tables tables) {
        this.tables = tables;
    }

    void beforeWrite(Runnable hook) {
        beforeWrite = hook;
    }

    void beforeIndexWrite(Runnable hook) {
        beforeIndexWrite = hook;
    }

    void beforeFlush(Runnable hook) {
        beforeFlush = hook;
    }

    void beforeIndexFlush(Runnable hook) {
        beforeIndexFlush = hook;
    }

    void beforeCursor(Runnable hook) {
        beforeCursor = hook;
    }

    @Override
    public void create() {
        tables.create();
    }

    @Override
    public KeyValues index() {
        return new HookedKeyValues(tables.index(), () -> beforeIndexWrite.run(), () -> beforeIndexFlush.run(),
                () -> {});
    }

    @Override
    public KeyValues newIndex() {
        return tables.newIndex();
    }

    @Override
    public KeyValues state() {
        return new HookedKeyValues(tables.state(), () -> beforeWrite.run(), () -> beforeFlush.run(),
                () -> beforeCursor.run());
    }

    @Override
    public void close() {
        tables.close();
    }
}
