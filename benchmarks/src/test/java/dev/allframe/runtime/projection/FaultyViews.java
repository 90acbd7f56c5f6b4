package dev.allframe.runtime.projection;

import dev.allframe.api.testkit.ForwardingViews;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A storage of views whose next change fails when a test says so, and which takes its time for each. Thread-safe. */
final class FaultyViews extends ForwardingViews {

    /** How a change fails. */
    enum Fault {
        /** There is no room, once. */
        FULL,
        /** The disk fails; the tables take nothing until they are opened again. */
        FAILED,
        /** The tables are damaged. */
        DAMAGED
    }

    private final Runnable pause;
    private final AtomicReference<@Nullable Fault> next = new AtomicReference<>();

    FaultyViews(ViewStore views, Runnable pause) {
        super(views);
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
    public ViewTables create(String view) {
        mayBeFull();
        return super.create(view);
    }

    @Override
    protected ViewTables tables(ViewTables opened) {
        return new Failing(opened);
    }

    @Override
    public void serve(String view, long generation) {
        mayBeFull();
        super.serve(view, generation);
    }

    private final class Failing extends Tables {

        private boolean broken;

        Failing(ViewTables tables) {
            super(tables);
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
    }
}
