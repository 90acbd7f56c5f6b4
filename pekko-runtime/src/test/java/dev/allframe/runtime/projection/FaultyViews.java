package dev.allframe.runtime.projection;

import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A storage of views whose next change fails when a test says so, and which takes its time for each. Thread-safe. */
final class FaultyViews implements ViewStore {

    /** How a change fails. */
    enum Fault {
        /** There is no room, once. */
        FULL,
        /** The disk fails; the tables take nothing until they are opened again. */
        FAILED,
        /** The tables are damaged. */
        DAMAGED
    }

    private final ViewStore views;
    private final Runnable pause;
    private final AtomicReference<@Nullable Fault> next = new AtomicReference<>();

    FaultyViews(ViewStore views, Runnable pause) {
        this.views = views;
        this.pause = pause;
    }

    /** The next change fails; null for none. */
    void fail(@Nullable Fault fault) {
        next.set(fault);
    }

    /** Where tables are not changed, only the lack of room is possible. */
    private void mayBeFull() {
        if (next.compareAndSet(Fault.FULL, null)) {
            throw new StoreFullException("no room, says the test");
        }
    }

    @Override
    public List<String> views() {
        return views.views();
    }

    @Override
    public List<Long> generations(String view) {
        return views.generations(view);
    }

    @Override
    public OptionalLong served(String view) {
        return views.served(view);
    }

    @Override
    public ViewTables create(String view) {
        mayBeFull();
        return new Tables(views.create(view));
    }

    @Override
    public ViewTables open(String view, long generation) {
        return new Tables(views.open(view, generation));
    }

    @Override
    public void serve(String view, long generation) {
        mayBeFull();
        views.serve(view, generation);
    }

    @Override
    public void drop(String view, long generation) {
        views.drop(view, generation);
    }

    @Override
    public String setAside(String view, long generation) {
        return views.setAside(view, generation);
    }

    @Override
    public void close() {
        views.close();
    }

    private final class Tables implements ViewTables {

        private final ViewTables tables;
        private boolean broken;

        Tables(ViewTables tables) {
            this.tables = tables;
        }

        private void change() {
            pause.run();
            Fault fault = next.getAndSet(null);
            broken |= fault == Fault.FAILED;
            if (broken) {
                throw new StoreFailedException("the disk failed, says the test", new IOException("test"));
            }
            if (fault == Fault.DAMAGED) {
                throw new CorruptStoreException("damaged, says the test");
            }
            if (fault == Fault.FULL) {
                throw new StoreFullException("no room, says the test");
            }
        }

        @Override
        public void write(ViewBatch batch) {
            change();
            tables.write(batch);
            pause.run();
        }

        @Override
        public void flush() {
            change();
            tables.flush();
        }

        @Override
        public long generation() {
            return tables.generation();
        }

        @Override
        public ViewSnapshot snapshot() {
            return tables.snapshot();
        }

        @Override
        public byte @Nullable [] get(ViewTable table, byte[] key) {
            return tables.get(table, key);
        }

        @Override
        public List<byte @Nullable []> getAll(ViewTable table, List<byte[]> keys) {
            return tables.getAll(table, keys);
        }

        @Override
        public Cursor cursor(ViewTable table, KeyRange range, boolean descending) {
            return tables.cursor(table, range, descending);
        }

        @Override
        public long bytes() {
            return tables.bytes();
        }

        @Override
        public void close() {
            tables.close();
        }
    }
}
