package dev.allframe.api.testkit;

import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Does what another storage of views does; a subclass says what is different. As thread-safe as the other. */
public abstract class ForwardingViews implements ViewStore {

    /** The other storage. */
    protected final ViewStore views;

    /** Does what this storage does. */
    protected ForwardingViews(ViewStore views) {
        this.views = views;
    }

    /** The tables of a generation as this storage gives them. */
    protected abstract ViewTables tables(ViewTables opened);

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
        return tables(views.create(view));
    }

    @Override
    public ViewTables open(String view, long generation) {
        return tables(views.open(view, generation));
    }

    @Override
    public void serve(String view, long generation) {
        views.serve(view, generation);
    }

    @Override
    public void noteReplaced(String view, long generation, Replacement replacement) {
        views.noteReplaced(view, generation, replacement);
    }

    @Override
    public Map<Long, Replacement> replaced(String view) {
        return views.replaced(view);
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

    /** Does what other tables do. */
    public abstract static class Tables implements ViewTables {

        /** The other tables. */
        protected final ViewTables tables;

        /** Does what these tables do. */
        protected Tables(ViewTables tables) {
            this.tables = tables;
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
        public void write(ViewBatch batch) {
            tables.write(batch);
        }

        @Override
        public void flush() {
            tables.flush();
        }

        @Override
        public long bytes() {
            return tables.bytes();
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
        public void close() {
            tables.close();
        }
    }
}
