package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Files of zeros, forced, that become segments. One is made ahead of need by the executor, so that neither beginning a
 * segment nor forcing it waits for room on the disk to be found. Called by the log's thread alone.
 */
final class SegmentSupply implements Closeable {

    /**
     * The page cache takes pieces as large as the write that fills them: for those of a MiB it may look for free memory
     * for long, and each write of records into them costs half as much again.
     */
    private static final int ZEROS_BYTES = 64 << 10;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(ZEROS_BYTES).asReadOnlyBuffer();

    /** A file of zeros with a temporary name. */
    record Prepared(Path path, DiskFile file, int bytes) {}

    private final Disk disk;
    private final Path directory;
    private final int segmentBytes;
    private final Executor executor;
    private int made;
    private @Nullable CompletableFuture<Prepared> spare;

    SegmentSupply(Disk disk, Path directory, int segmentBytes, Executor executor) {
        this.disk = disk;
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        this.executor = executor;
    }

    /** Lets the executor make a spare, unless there is one. */
    void prepare() {
        if (spare == null) {
            Path path = nextPath();
            spare = CompletableFuture.supplyAsync(() -> {
                try {
                    return make(path, segmentBytes);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }, executor);
        }
    }

    /**
     * Takes the spare, or makes a file where there is none or a longer one is needed. A spare that could not be made is
     * tried once more.
     *
     * @throws dev.allframe.journal.allsource.engine.io.NoSpaceException if there is no room; the next call tries again
     */
    Prepared take(int bytes) throws IOException {
        if (bytes > segmentBytes) {
            return make(nextPath(), bytes);
        }
        Prepared ready = taken();
        return ready != null ? ready : make(nextPath(), segmentBytes);
    }

    /** Makes a file that has room for marks alone. */
    Prepared takeSmallest() throws IOException {
        return make(nextPath(), WalFormat.MIN_SEGMENT_BYTES);
    }

    private @Nullable Prepared taken() {
        CompletableFuture<Prepared> waiting = spare;
        spare = null;
        try {
            return waiting == null ? null : waiting.join();
        } catch (CompletionException failed) {
            return null;
        }
    }

    /** Gives a file back that was taken and not used. */
    void putBack(Prepared unused) throws IOException {
        if (spare == null && unused.bytes == segmentBytes) {
            spare = CompletableFuture.completedFuture(unused);
        } else {
            discard(unused);
        }
    }

    private Path nextPath() {
        return directory.resolve("spare-" + ++made + WalFormat.SUFFIX + WalFormat.TEMPORARY_SUFFIX);
    }

    private Prepared make(Path path, int bytes) throws IOException {
        DiskFile file = disk.create(path);
        try {
            for (int at = 0; at < bytes;) {
                int count = Math.min(ZEROS.capacity(), bytes - at);
                file.write(ZEROS.slice(0, count), at);
                at += count;
            }
            file.force();
            return new Prepared(path, file, bytes);
        } catch (IOException failure) {
            giveBackRoom(path, file, failure);
            throw failure;
        }
    }

    private void giveBackRoom(Path path, DiskFile file, IOException failure) {
        try (file) {
            disk.delete(path);
        } catch (IOException another) {
            failure.addSuppressed(another);
        }
    }

    void discard(Prepared unused) throws IOException {
        try (DiskFile file = unused.file) {
            disk.delete(unused.path);
        }
    }

    /** Waits for the spare that is being made and deletes it. */
    @Override
    public void close() throws IOException {
        Prepared unused = taken();
        if (unused != null) {
            discard(unused);
        }
    }
}
