package dev.allframe.runtime.projection;

import dev.allframe.journal.allsource.views.RocksViewStore;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A storage of views that ends and comes back with what it holds, as with a process. */
interface ViewFiles extends AutoCloseable {

    /** Opens the storage. */
    ViewStore open();

    /** Ends the storage, and keeps what it holds. */
    void end(ViewStore opened);

    /** Deletes what it holds. */
    @Override
    void close();

    /** Memory, which an end does not take. */
    static ViewFiles memory() {
        MemoryViewStore views = new MemoryViewStore();
        return new ViewFiles() {
            @Override
            public ViewStore open() {
                return views;
            }

            @Override
            public void end(ViewStore opened) {}

            @Override
            public void close() {
                views.close();
            }
        };
    }

    /** Files of RocksDB in a directory of their own, which is made below this one. */
    static ViewFiles rocks(Path directory) {
        Path own;
        try {
            own = Files.createTempDirectory(directory, "views");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return new ViewFiles() {
            @Override
            public ViewStore open() {
                return RocksViewStore.open(own, 8L << 20);
            }

            @Override
            public void end(ViewStore opened) {
                opened.close();
            }

            @Override
            public void close() {
                delete(own);
            }
        };
    }

    /** Deletes a directory with all that it holds. */
    static void delete(Path directory) {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
