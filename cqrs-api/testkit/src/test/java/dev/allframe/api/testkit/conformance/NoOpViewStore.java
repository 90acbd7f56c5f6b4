package dev.allframe.api.testkit.conformance;

import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.SortedTree;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Says yes to everything and keeps nothing. */
final class NoOpViewStore implements ViewStore {

    @Override
    public List<String> views() {
        return List.of();
    }

    @Override
    public List<Long> generations(String view) {
        return List.of();
    }

    @Override
    public OptionalLong served(String view) {
        return OptionalLong.empty();
    }

    @Override
    public ViewTables create(String view) {
        return new NoTables(1);
    }

    @Override
    public ViewTables open(String view, long generation) {
        return new NoTables(generation);
    }

    @Override
    public void serve(String view, long generation) {}

    @Override
    public void noteReplaced(String view, long generation, Replacement replacement) {}

    @Override
    public Map<Long, Replacement> replaced(String view) {
        return Map.of();
    }

    @Override
    public void drop(String view, long generation) {}

    @Override
    public String setAside(String view, long generation) {
        return "";
    }

    @Override
    public void close() {}

    private record NoTables(long generation) implements ViewTables, ViewSnapshot {

        @Override
        public byte @Nullable [] get(ViewTable table, byte[] key) {
            return null;
        }

        @Override
        public List<byte @Nullable []> getAll(ViewTable table, List<byte[]> keys) {
            List<byte @Nullable []> values = new ArrayList<>();
            keys.forEach(key -> values.add(null));
            return values;
        }

        @Override
        public Cursor cursor(ViewTable table, KeyRange range, boolean descending) {
            return SortedTree.EMPTY.cursor(range, descending);
        }

        @Override
        public ViewSnapshot snapshot() {
            return this;
        }

        @Override
        public void write(ViewBatch batch) {}

        @Override
        public void flush() {}

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
