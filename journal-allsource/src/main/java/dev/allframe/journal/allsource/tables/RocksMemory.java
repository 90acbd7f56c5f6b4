package dev.allframe.journal.allsource.tables;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * The memory that several RocksDB stores share: cached blocks and unflushed batches together stay near a number of
 * bytes. Closed after the last of the stores.
 */
public final class RocksMemory implements AutoCloseable {

    /** Below this RocksDB would flush without end. */
    private static final long LEAST_BYTES = 8L << 20;

    /** Filters and indexes of files are kept before their blocks. */
    private static final double HIGH_PRIORITY_SHARE = 0.3;

    private static volatile boolean loaded;

    private final long writeBufferBytes;
    private final boolean forMany;
    private final Cache cache;
    private final WriteBufferManager writeBuffers;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param bytes of which half at most is for what waits to be flushed; 8 MiB or more
     */
    public RocksMemory(long bytes) {
        this(bytes, false);
    }

    /**
     * For many stores of which most are idle: what those hold does not take the room that a busy one needs, which would
     * flush without end.
     *
     * @param bytes as for {@link #RocksMemory(long)}
     */
    public static RocksMemory forMany(long bytes) {
        return new RocksMemory(bytes, true);
    }

    private RocksMemory(long bytes, boolean forMany) {
        checked(bytes);
        load();
        this.forMany = forMany;
        writeBufferBytes = bytes / 2;
        cache = new LRUCache(bytes, -1, false, HIGH_PRIORITY_SHARE);
        writeBuffers = new WriteBufferManager(writeBufferBytes, cache, false);
    }

    /**
     * Loads RocksDB's library on a thread that nobody interrupts: it is copied to a temporary file first, which an
     * interrupt of the caller would end, or lose. Where it fails, as on a full disk, the next caller tries again.
     */
    private static void load() {
        if (loaded) {
            return;
        }
        try { // join goes on when it is interrupted, and leaves the flag set
            CompletableFuture.runAsync(RocksDB::loadLibrary,
                    task -> Thread.ofPlatform().daemon().name("allframe-rocksdb-load").start(task)).join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw failed;
            }
        }
        loaded = true;
    }

    /** Bytes that may wait to be flushed. */
    long writeBufferBytes() {
        return writeBufferBytes;
    }

    /**
     * A number of bytes that is enough.
     *
     * @throws IllegalArgumentException if it is less than 8 MiB
     */
    public static long checked(long bytes) {
        if (bytes < LEAST_BYTES) {
            throw new IllegalArgumentException("the stores need " + LEAST_BYTES + " bytes or more, not " + bytes);
        }
        return bytes;
    }

    /** Whether it is for many stores of which most are idle. */
    boolean isForMany() {
        return forMany;
    }

    Cache cache() {
        return cache;
    }

    WriteBufferManager writeBuffers() {
        return writeBuffers;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            writeBuffers.close();
            cache.close();
        }
    }
}
