package dev.allframe.journal.allsource.views;

import dev.allframe.api.testkit.conformance.DurableViewStoreConformance;
import dev.allframe.store.view.ViewStore;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;

/** Views in RocksDB keep what the contract says. */
final class RocksViewStoreConformanceTest extends DurableViewStoreConformance {

    private static final long MEMORY_BYTES = 16L << 20;

    @TempDir
    static Path folder;

    private final IdentityHashMap<ViewStore, Path> directories = new IdentityHashMap<>();

    @Override
    protected ViewStore open() {
        return open(folder.resolve(UUID.randomUUID().toString()));
    }

    @Override
    protected ViewStore reopen(ViewStore closed) {
        return open(Objects.requireNonNull(directories.get(closed)));
    }

    private ViewStore open(Path directory) {
        ViewStore opened = RocksViewStore.open(directory, MEMORY_BYTES);
        directories.put(opened, directory);
        return opened;
    }
}
