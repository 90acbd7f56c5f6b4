package dev.allframe.runtime.projection;

import dev.allframe.api.testkit.ForwardingViews;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A fault that trials of views must find, put between the parts of a view. Of one view. */
class PlantedFault {

    /** Whether the thread does a piece of the view's work. */
    private static final ThreadLocal<Boolean> WORKS = ThreadLocal.withInitial(() -> false);

    /** The storage with the fault. */
    ViewStore in(ViewStore views) {
        return views;
    }

    /** Called behind each piece of a view's work, by its thread. */
    void behindWork(ServedView<?, ?> view) {}

    /** Does a piece of a view's work. */
    final void work(Runnable work, ServedView<?, ?> view) {
        WORKS.set(true);
        try {
            work.run();
            behindWork(view);
        } finally {
            WORKS.set(false);
        }
    }

    /** A page's position is published a little before its rows can be read. */
    static PlantedFault publishedEarly() {
        return new PlantedFault() {
            @Override
            ViewStore in(ViewStore views) {
                return new ForwardingViews(views) {
                    @Override
                    protected ViewTables tables(ViewTables opened) {
                        return new LateRows(opened);
                    }
                };
            }
        };
    }

    /** Whoever reads has the rows of the moment before the last batch, for a while. */
    private static final class LateRows extends ForwardingViews.Tables {

        private @Nullable ViewSnapshot before;

        LateRows(ViewTables tables) {
            super(tables);
        }

        @Override
        public synchronized void write(ViewBatch batch) {
            show(null);
            ViewSnapshot moment = tables.snapshot();
            before = moment;
            tables.write(batch);
            Thread.startVirtualThread(() -> {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(300));
                show(moment);
            });
        }

        /** Ends a moment; any with null. */
        private synchronized void show(@Nullable ViewSnapshot moment) {
            if (before != null && (moment == null || moment.equals(before))) {
                before.close();
                before = null;
            }
        }

        @Override
        public synchronized byte @Nullable [] get(ViewTable table, byte[] key) {
            return before == null || WORKS.get() ? tables.get(table, key) : before.get(table, key);
        }

        @Override
        public void close() {
            show(null);
            super.close();
        }
    }

    /** Nobody is told that a stream is parked. */
    static PlantedFault parkedIgnored() {
        return new PlantedFault() {
            @Override
            void behindWork(ServedView<?, ?> view) {
                Published now = view.published();
                if (now != null && !now.parked().isEmpty()) {
                    view.publish(new Published(now.version(), now.tables(), now.state(), Map.of(), now.readers(),
                            now.rows()));
                }
            }
        };
    }

    /** Behind a switch the position is that of the new generation, and rows are read from the old one, for a while. */
    static PlantedFault generationApart() {
        return new PlantedFault() {
            private @Nullable Published before;
            private @Nullable Published switched;

            @Override
            void behindWork(ServedView<?, ?> view) {
                Published now = view.published();
                Published last = before;
                if (switched != null && now != null) {
                    now = switched;
                    switched = null;
                    view.publish(now);
                } else if (now != null && last != null && last.tables().generation() < now.tables().generation()) {
                    switched = now;
                    view.publish(new Published(now.version(), last.tables(), now.state(), now.parked(), last.readers(),
                            now.rows()));
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                }
                before = now;
            }
        };
    }
}
