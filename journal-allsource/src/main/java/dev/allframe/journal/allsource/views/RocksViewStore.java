package dev.allframe.journal.allsource.views;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.files.UnusableDirectoryException;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.tables.RocksKeyValues;
import dev.allframe.journal.allsource.tables.RocksMemory;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.ViewNames;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps views in RocksDB, in the directory {@code views} of a store: {@code views/<name>/<number>/} is a generation
 * ({@link ViewDirectory}). All that are open share one amount of memory. Whoever opens this holds the store's lock.
 *
 * <h2>Order</h2> A generation is made under another name, forced, and renamed; {@code CURRENT} is replaced whole. So a
 * crash leaves a generation or none, and names one that is there or is none.
 *
 * <h2>Threads</h2> Any. The lock of this object is held by calls that change directories; what is open does not
 * need it.
 */
public final class RocksViewStore implements ViewStore {

    /** Which generation. */
    private record Key(String view, long generation) {}

    private final Path views;
    private final RocksMemory memory;
    private final Map<Key, RocksViewTables> open = new ConcurrentHashMap<>();
    private boolean closed;

    private RocksViewStore(Path views, RocksMemory memory) {
        this.views = views;
        this.memory = memory;
    }

    /**
     * Opens the views of a store. What a crash has left in half is deleted; no generation is opened yet.
     *
     * @param storeDirectory the directory of the store, whose lock the caller holds
     * @param memoryBytes what cached blocks and unflushed batches of all generations may take together, 8 MiB or more
     * @throws UnusableDirectoryException if RocksDB would not find the directory
     */
    public static RocksViewStore open(Path storeDirectory, long memoryBytes) {
        UnusableDirectoryException.check(storeDirectory);
        Path views = storeDirectory.toAbsolutePath().resolve(StoreLayout.VIEWS);
        try {
            for (ViewDirectory view : ViewDirectory.all(views)) {
                view.recover();
            }
        } catch (IOException failure) {
            throw failed(views, failure);
        }
        return new RocksViewStore(views, RocksMemory.forMany(memoryBytes));
    }

    @Override
    public synchronized List<String> views() {
        mustBeOpen();
        return tried(views, () -> {
            List<String> names = new ArrayList<>();
            for (ViewDirectory view : ViewDirectory.all(views)) {
                if (!view.generations().isEmpty()) {
                    names.add(view.view());
                }
            }
            return List.copyOf(names);
        });
    }

    @Override
    public synchronized List<Long> generations(String view) {
        mustBeOpen();
        return ViewNames.isName(view) ? tried(views, directory(view)::generations) : List.of();
    }

    @Override
    public synchronized OptionalLong served(String view) {
        mustBeOpen();
        return ViewNames.isName(view) ? tried(views, directory(view)::served) : OptionalLong.empty();
    }

    @Override
    public synchronized ViewTables create(String view) {
        mustBeOpen();
        ViewDirectory directory = directory(ViewNames.checked(view));
        long number = tried(directory.path(), directory::give);
        RocksKeyValues.createEmpty(directory.generation(number), ViewFamily.ALL, memory);
        return opened(directory, number);
    }

    @Override
    public synchronized ViewTables open(String view, long generation) {
        return opened(closedGeneration(view, generation), generation);
    }

    private ViewTables opened(ViewDirectory directory, long number) {
        Key key = new Key(directory.view(), number);
        RocksViewTables tables = new RocksViewTables(number,
                RocksKeyValues.open(directory.generation(number), ViewFamily.ALL, memory),
                closing -> open.remove(key, closing));
        open.put(key, tables);
        return tables;
    }

    @Override
    public synchronized void serve(String view, long generation) {
        ViewDirectory directory = existing(view, generation);
        tried(directory.path(), () -> {
            directory.serve(generation);
            return generation;
        });
    }

    @Override
    public synchronized void noteReplaced(String view, long generation, Replacement replacement) {
        ViewDirectory directory = existing(view, generation);
        tried(directory.path(), () -> {
            directory.noteReplaced(generation, replacement);
            return generation;
        });
    }

    @Override
    public synchronized Map<Long, Replacement> replaced(String view) {
        mustBeOpen();
        return ViewNames.isName(view) ? tried(views, directory(view)::replaced) : Map.of();
    }

    @Override
    public synchronized void drop(String view, long generation) {
        mustBeOpen();
        if (!ViewNames.isName(view)) {
            return;
        }
        ViewDirectory directory = directory(view);
        if (directory.has(generation)) {
            mustBeClosed(view, generation);
        } else if (!directory.hasDropped(generation)) {
            return;
        }
        tried(directory.path(), () -> {
            directory.drop(generation);
            return generation;
        });
    }

    @Override
    public synchronized String setAside(String view, long generation) {
        ViewDirectory directory = closedGeneration(view, generation);
        return tried(directory.path(), () -> directory.setAside(generation)).toString();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            List.copyOf(open.values()).forEach(RocksViewTables::close);
            memory.close();
        }
    }

    private ViewDirectory directory(String view) {
        return new ViewDirectory(views.resolve(view));
    }

    private ViewDirectory existing(String view, long generation) {
        mustBeOpen();
        if (!ViewNames.isName(view) || !directory(view).has(generation)) {
            throw ViewNames.unknown(view, generation);
        }
        return directory(view);
    }

    private ViewDirectory closedGeneration(String view, long generation) {
        ViewDirectory directory = existing(view, generation);
        mustBeClosed(view, generation);
        return directory;
    }

    private void mustBeClosed(String view, long generation) {
        if (open.containsKey(new Key(view, generation))) {
            throw new IllegalStateException("generation " + generation + " of view '" + view + "' is open");
        }
    }

    private void mustBeOpen() {
        if (closed) {
            throw new StoreClosedException(views.toString());
        }
    }

    /** Something done with files. */
    private interface Attempt<T> {

        T make() throws IOException;
    }

    private static <T> T tried(Path directory, Attempt<T> attempt) {
        try {
            return attempt.make();
        } catch (IOException failure) {
            throw failed(directory, failure);
        }
    }

    private static EventStoreException failed(Path directory, IOException failure) {
        IOException known = NoSpaceException.where(failure);
        String message = "directory=" + directory + ": " + Failures.message(known);
        return known instanceof NoSpaceException
                ? new StoreFullException(message)
                : new StoreFailedException(message, failure);
    }
}
