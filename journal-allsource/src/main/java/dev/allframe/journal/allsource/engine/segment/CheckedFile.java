package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.store.CorruptStoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A file of which each MiB is compared with its checksum when it is first read: the header of a Parquet page has none
 * of its own, and one that changed could give rows the values of others. What rots in a header between two reads while
 * the file stays open is not noticed. Thread-safe.
 */
final class CheckedFile implements Closeable {

    private final DiskFile file;
    private final Path name;
    private final @Nullable Digest digest;
    private final ReentrantLock lock = new ReentrantLock();
    private final BitSet whole = new BitSet(); // guarded by the lock

    /**
     * A file, which this closes.
     *
     * @param digest what it must be; null to compare nothing
     */
    CheckedFile(DiskFile file, Path name, @Nullable Digest digest) {
        this.file = file;
        this.name = name;
        this.digest = digest;
    }

    /** Its name in messages. */
    Path name() {
        return name;
    }

    /**
     * Reads a part.
     *
     * @throws CorruptStoreException if the file is too short, or a MiB does not have its checksum
     */
    byte[] read(long offset, long length) throws IOException {
        byte[] bytes = ParquetFooter.bytes(file, name, offset, length);
        if (digest != null && length > 0) {
            int last = chunk(offset + length - 1);
            for (int chunk = chunk(offset); chunk <= last; chunk++) {
                check(digest, chunk);
            }
        }
        return bytes;
    }

    private static int chunk(long offset) {
        return Math.toIntExact(offset / Digest.CHUNK_BYTES);
    }

    private void check(Digest expected, int chunk) throws IOException {
        lock.lock();
        try {
            if (whole.get(chunk)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        expected.verifyChunk(chunk, file, name, ByteBuffer.allocate(Digest.CHUNK_BYTES));
        lock.lock();
        try {
            whole.set(chunk);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
