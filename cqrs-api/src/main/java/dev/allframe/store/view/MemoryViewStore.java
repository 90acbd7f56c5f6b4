package dev.allframe.store.view;

import dev.allframe.store.StoreClosedException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps views in memory, as immutable trees: a snapshot is a reference, and readers never wait for the writer. A
 * generation that is closed and opened again has what it had; all is gone when the store is closed.
 */
public final class MemoryViewStore implements ViewStore {

    private final Map<String, NavigableMap<Long, Generation>> views = new TreeMap<>();
    private final Map<String, Long> served = new TreeMap<>();
    private final Map<String, Long> highest = new TreeMap<>();
    private final Map<String, NavigableMap<Long, Replacement>> replaced = new TreeMap<>();
    private boolean closed;

    @Override
    public synchronized List<String> views() {
        mustBeOpen();
        return List.copyOf(views.keySet());
    }

    @Override
    public synchronized List<Long> generations(String view) {
        return List.copyOf(generationsOf(view).keySet());
    }

    @Override
    public synchronized OptionalLong served(String view) {
        mustBeOpen();
        Long number = served.get(view);
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    @Override
    public synchronized ViewTables create(String view) {
        NavigableMap<Long, Generation> generations = generationsOf(ViewNames.checked(view));
        Generation made = new Generation(highest.merge(view, 1L, Long::sum));
        generations.put(made.number, made);
        views.put(view, generations);
        return made.open();
    }

    @Override
    public synchronized ViewTables open(String view, long generation) {
        return generation(view, generation).open();
    }

    @Override
    public synchronized void serve(String view, long generation) {
        served.put(view, generation(view, generation).number);
        forget(view, generation);
    }

    @Override
    public synchronized void noteReplaced(String view, long generation, Replacement replacement) {
        replaced.computeIfAbsent(view, first -> new TreeMap<>())
                .put(generation(view, generation).number, replacement);
    }

    @Override
    public synchronized Map<Long, Replacement> replaced(String view) {
        mustBeOpen();
        NavigableMap<Long, Replacement> notes = new TreeMap<>(replaced.getOrDefault(view, new TreeMap<>()));
        served(view).ifPresent(notes::remove);
        return notes;
    }

    private void forget(String view, long generation) {
        replaced.getOrDefault(view, new TreeMap<>()).remove(generation);
    }

    @Override
    public synchronized void drop(String view, long generation) {
        NavigableMap<Long, Generation> generations = generationsOf(view);
        Generation dropped = generations.get(generation);
        if (dropped == null) {
            return;
        }
        if (dropped.opened != null) {
            throw new IllegalStateException("generation " + generation + " of view '" + view + "' is open");
        }
        generations.remove(generation);
        served.remove(view, generation);
        forget(view, generation);
        if (generations.isEmpty()) {
            views.remove(view);
            highest.remove(view);
        }
    }

    @Override
    public synchronized String setAside(String view, long generation) {
        drop(view, generation(view, generation).number);
        return "";
    }

    @Override
    public synchronized void close() {
        closed = true;
        views.values().forEach(generations -> generations.values().forEach(Generation::close));
    }

    private NavigableMap<Long, Generation> generationsOf(String view) {
        mustBeOpen();
        NavigableMap<Long, Generation> generations = views.get(view);
        return generations == null ? new TreeMap<>() : generations;
    }

    private Generation generation(String view, long number) {
        Generation generation = generationsOf(view).get(number);
        if (generation == null) {
            throw ViewNames.unknown(view, number);
        }
        return generation;
    }

    private void mustBeOpen() {
        if (closed) {
            throw new StoreClosedException("views in memory");
        }
    }

    /** What stays when a generation is closed. */
    private static final class Generation {

        private final long number;
        private volatile Map<ViewTable, SortedTree> trees = empty();
        private @Nullable OpenTables opened;

        Generation(long number) {
            this.number = number;
        }

        synchronized OpenTables open() {
            if (opened != null) {
                throw new IllegalStateException("generation " + number + " is open");
            }
            OpenTables tables = new OpenTables(this);
            opened = tables;
            return tables;
        }

        synchronized void close() {
            if (opened != null) {
                opened.closed = true;
                opened = null;
            }
        }

        private static Map<ViewTable, SortedTree> empty() {
            Map<ViewTable, SortedTree> trees = new EnumMap<>(ViewTable.class);
            for (ViewTable table : ViewTable.values()) {
                trees.put(table, SortedTree.EMPTY);
            }
            return trees;
        }
    }

    /** Reads the trees of one moment, or of every moment. */
    private abstract static class TreeReads implements ViewReads {

        abstract SortedTree tree(ViewTable table);

        /** @throws StoreClosedException if the tables are closed */
        abstract void refuseIfEnded();

        @Override
        public byte @Nullable [] get(ViewTable table, byte[] key) {
            return tree(table).get(key);
        }

        @Override
        public List<byte @Nullable []> getAll(ViewTable table, List<byte[]> keys) {
            SortedTree tree = tree(table);
            List<byte @Nullable []> values = new ArrayList<>(keys.size());
            keys.forEach(key -> values.add(tree.get(key)));
            return values;
        }

        @Override
        public Cursor cursor(ViewTable table, KeyRange range, boolean descending) {
            return new TreeCursor(tree(table).cursor(range, descending), this::refuseIfEnded);
        }
    }

    /** Ends with the tables, as one on disk does. */
    private record TreeCursor(Cursor walk, Runnable refuseIfEnded) implements Cursor {

        @Override
        public boolean next() {
            refuseIfEnded.run();
            return walk.next();
        }

        @Override
        public byte[] key() {
            refuseIfEnded.run();
            return walk.key();
        }

        @Override
        public byte[] value() {
            refuseIfEnded.run();
            return walk.value();
        }

        @Override
        public void close() {
            walk.close();
        }
    }

    private static final class OpenTables extends TreeReads implements ViewTables {

        private final Generation generation;
        private volatile boolean closed;

        OpenTables(Generation generation) {
            this.generation = generation;
        }

        private Map<ViewTable, SortedTree> trees() {
            if (closed) {
                throw new StoreClosedException("generation " + generation.number + " of a view in memory");
            }
            return generation.trees;
        }

        @Override
        SortedTree tree(ViewTable table) {
            return Objects.requireNonNull(trees().get(table), "every table is there");
        }

        @Override
        void refuseIfEnded() {
            trees();
        }

        @Override
        public long generation() {
            return generation.number;
        }

        @Override
        public ViewSnapshot snapshot() {
            return new Moment(this, trees());
        }

        @Override
        public void write(ViewBatch batch) {
            Map<ViewTable, SortedTree.Edit> edits = new EnumMap<>(ViewTable.class);
            for (ViewBatch.Change change : batch.changes()) {
                byte[] value = change.value();
                SortedTree.Edit edit = edits.computeIfAbsent(change.table(), table -> tree(table).edit());
                if (value == null) {
                    edit.remove(change.key());
                } else {
                    edit.put(change.key(), value);
                }
            }
            Map<ViewTable, SortedTree> changed = new EnumMap<>(trees());
            edits.forEach((table, edit) -> changed.put(table, edit.done()));
            generation.trees = changed;
        }

        @Override
        public void flush() {
            trees();
        }

        @Override
        public long bytes() {
            trees();
            return 0;
        }

        @Override
        public void close() {
            if (!closed) {
                generation.close();
            }
        }
    }

    /** Ends with the tables, as one on disk does. */
    private static final class Moment extends TreeReads implements ViewSnapshot {

        private final OpenTables tables;
        private final Map<ViewTable, SortedTree> trees;
        private volatile boolean closed;

        Moment(OpenTables tables, Map<ViewTable, SortedTree> trees) {
            this.tables = tables;
            this.trees = trees;
        }

        @Override
        SortedTree tree(ViewTable table) {
            if (closed) {
                throw new StoreClosedException("a snapshot of a view in memory");
            }
            tables.trees();
            return Objects.requireNonNull(trees.get(table), "every table is there");
        }

        /** Its cursors go on when it is closed. */
        @Override
        void refuseIfEnded() {
            tables.trees();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
