package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.engine.index.WatchedKeyValues;
import dev.allframe.journal.allsource.tables.KeyValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** Tables with places to die before and after whatever changes them. What RocksDB does inside of a call is one step. */
final class CrashPointTables implements Tables {

    private final Tables tables;
    private final CrashPoints points;

    CrashPointTables(Tables tables, CrashPoints points) {
        this.tables = tables;
        this.points = points;
    }

    private <T> T around(String what, Supplier<T> call) {
        try {
            return points.around(what, call::get);
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
    }

    private void run(String what, Runnable call) {
        around(what, () -> {
            call.run();
            return what;
        });
    }

    @Override
    public void create() {
        run("create tables", tables::create);
    }

    @Override
    public KeyValues index() {
        return watched("index", tables.index());
    }

    @Override
    public KeyValues newIndex() {
        return watched("index", around("create index", tables::newIndex));
    }

    @Override
    public KeyValues state() {
        return watched("state", tables.state());
    }

    private KeyValues watched(String name, KeyValues entries) {
        return new WatchedKeyValues(entries, (what, call) -> {
            int end = what.indexOf(' ');
            String contents = end < 0 ? "" : what.substring(end);
            run((end < 0 ? what : what.substring(0, end)) + " " + name + contents, call);
        });
    }

    @Override
    public void close() {
        tables.close();
    }
}
