package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.StoredContents;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StoreLockedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores on a disk that takes no writes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ReadOnlyStoreTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;

    private static final Disk READ_ONLY = new ForwardingDisk(new RealDisk()) {
        @Override
        public DiskFile create(Path file) throws IOException {
            throw refused(file);
        }

        @Override
        public DiskFile open(Path file) throws IOException {
            throw refused(file);
        }

        @Override
        public void delete(Path file) throws IOException {
            throw refused(file);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            throw refused(to);
        }

        @Override
        public void createDirectories(Path directory) throws IOException {
            throw refused(directory);
        }

        @Override
        public Closeable tryLock(Path file) throws IOException {
            throw refused(file);
        }

        @Override
        public boolean isWritable(Path path) {
            return false;
        }
    };

    private static IOException refused(Path file) {
        return new FileSystemException(file.toString(), null, "Read-only file system");
    }

    private Path store() {
        Path store = temporary.resolve("store");
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            open.flush().toCompletableFuture().join();
        }
        return store;
    }

    private List<Path> files(Path store) throws IOException {
        try (var files = Files.walk(store)) {
            return files.sorted().toList();
        }
    }

    @Test
    void a_store_is_read_without_a_trace_and_kept_from_owners_meanwhile() throws IOException {
        Path store = store();
        Files.delete(store.resolve("OWNER"));
        List<Path> before = files(store);

        try (ClosedStore closed = ClosedStore.lock(READ_ONLY, store, "a test");
                StoredContents contents = StoredContents.of(closed)) {
            assertThat(contents.eventCount()).isZero();
            assertThat(files(store)).containsAll(before).doesNotContain(store.resolve("OWNER"));
            assertThatThrownBy(() -> AllSourceBackend.production(store)).isInstanceOf(StoreLockedException.class);
        }
        AllSourceBackend.production(store).close();
    }

    @Test
    void a_copy_that_was_never_locked_is_read_too() throws IOException {
        Path store = store();
        Files.delete(store.resolve("LOCK"));

        try (ClosedStore closed = ClosedStore.lock(READ_ONLY, store, "a test")) {
            assertThat(closed.storeId()).isNotNull();
        }
        assertThat(store.resolve("LOCK")).doesNotExist();
    }

    @Test
    void a_store_that_its_owner_has_open_elsewhere_is_refused() {
        Path store = store();
        try (EventStoreBackend owner = AllSourceBackend.production(store)) {
            assertThat(owner.stats().events()).isZero();
            assertThatThrownBy(() -> ClosedStore.lock(READ_ONLY, store, "a test"))
                    .isInstanceOf(StoreLockedException.class)
                    .hasMessageContaining("an application, process");
        }
    }
}
