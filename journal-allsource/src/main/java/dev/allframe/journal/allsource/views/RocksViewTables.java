package dev.allframe.journal.allsource.views;

import dev.allframe.journal.allsource.tables.Batch;
import dev.allframe.journal.allsource.tables.RocksKeyValues;
import dev.allframe.journal.allsource.tables.TablesView;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewTables;
import java.util.function.Consumer;

/** A generation that is open. */
final class RocksViewTables extends RocksViewReads implements ViewTables {

    private final long generation;
    private final RocksKeyValues tables;
    private final Consumer<RocksViewTables> whenClosed;

    /**
     * Made by the store.
     *
     * @param whenClosed called after each closing
     */
    RocksViewTables(long generation, RocksKeyValues tables, Consumer<RocksViewTables> whenClosed) {
        super(tables);
        this.generation = generation;
        this.tables = tables;
        this.whenClosed = whenClosed;
    }

    @Override
    public long generation() {
        return generation;
    }

    @Override
    public ViewSnapshot snapshot() {
        return new Moment(tables.view());
    }

    @Override
    public void write(ViewBatch batch) {
        Batch changes = new Batch();
        for (ViewBatch.Change change : batch.changes()) {
            byte[] value = change.value();
            if (value == null) {
                changes.delete(ViewFamily.of(change.table()), change.key());
            } else {
                changes.put(ViewFamily.of(change.table()), change.key(), value);
            }
        }
        tables.write(changes);
    }

    @Override
    public void flush() {
        tables.flush();
    }

    @Override
    public long bytes() {
        return tables.stats().diskBytes();
    }

    /** Bytes of memory that wait for a flush. */
    long unflushedBytes() {
        return tables.stats().unflushedBytes();
    }

    /** Cursors and snapshots that are not closed. */
    int openReads() {
        return tables.openNatives();
    }

    @Override
    public void close() {
        tables.close();
        whenClosed.accept(this);
    }

    private static final class Moment extends RocksViewReads implements ViewSnapshot {

        private final TablesView moment;

        Moment(TablesView moment) {
            super(moment);
            this.moment = moment;
        }

        @Override
        public void close() {
            moment.close();
        }
    }
}
