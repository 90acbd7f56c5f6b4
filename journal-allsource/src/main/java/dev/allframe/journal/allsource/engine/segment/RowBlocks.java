package dev.allframe.journal.allsource.engine.segment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps decompressed blocks of row files, whose checksums were compared, up to a number of bytes: a block has rows of
 * many streams, and who recovers many instances reads it for each of them.
 *
 * <p>Room for a block is made by removing those that nobody has asked for longest. A block of which one reader wanted
 * every row takes free room alone, so that a long stream, which is read once, removes nothing. A block that nobody has
 * asked for during {@link #IDLE} is removed, so that a store from which nobody reads takes no memory for blocks.
 *
 * <p>Thread-safe. Two who load the same block at once both load it.
 */
public final class RowBlocks {

    static final Duration IDLE = SegmentCache.IDLE;

    /** A block in the map, besides its rows. */
    private static final int ENTRY_BYTES = 128;

    private final long maxBytes;
    private final LongSupplier nanoTime;
    /** Runs what it is given {@link #IDLE} later. */
    private final Executor later;
    /** Guards everything below. */
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;
    private boolean looksForIdle;

    /** A block of the row file of a segment. */
    private record Key(long segmentId, int block) {}

    private static final class Kept {

        private final EncodedRows rows;
        private final long bytes;
        private long askedForNanos;

        Kept(EncodedRows rows) {
            this.rows = rows;
            this.bytes = ENTRY_BYTES + rows.sizeBytes();
        }
    }

    /** Keeps at most so many bytes. */
    public RowBlocks(long maxBytes) {
        this(maxBytes, System::nanoTime, CompletableFuture.delayedExecutor(IDLE.toNanos(), TimeUnit.NANOSECONDS));
    }

    RowBlocks(long maxBytes, LongSupplier nanoTime, Executor later) {
        this.maxBytes = maxBytes;
        this.nanoTime = nanoTime;
        this.later = later;
    }

    /** A block that is kept; else null. */
    @Nullable EncodedRows find(long segmentId, int block) {
        lock.lock();
        try {
            Kept found = kept.get(new Key(segmentId, block));
            if (found == null) {
                return null;
            }
            found.askedForNanos = nanoTime.getAsLong();
            return found.rows;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps a block that was loaded, while its file is open.
     *
     * @param wanted whether its reader wanted every row of it
     */
    void keep(long segmentId, int block, EncodedRows rows, boolean wanted) {
        Kept loaded = new Kept(rows);
        lock.lock();
        try {
            long room = wanted ? maxBytes - bytes : maxBytes;
            if (loaded.bytes > room) {
                return;
            }
            loaded.askedForNanos = nanoTime.getAsLong();
            Kept before = kept.put(new Key(segmentId, block), loaded);
            bytes += loaded.bytes - (before == null ? 0 : before.bytes);
            removeOldest();
            lookForIdle();
        } finally {
            lock.unlock();
        }
    }

    private void removeOldest() {
        for (Iterator<Kept> oldest = kept.values().iterator(); bytes > maxBytes;) {
            bytes -= oldest.next().bytes;
            oldest.remove();
        }
    }

    /** Looks once more after a while, as long as anything is kept. */
    private void lookForIdle() {
        if (!looksForIdle && !kept.isEmpty()) {
            looksForIdle = true;
            later.execute(this::removeIdle);
        }
    }

    private void removeIdle() {
        lock.lock();
        try {
            long idleSince = nanoTime.getAsLong() - IDLE.toNanos();
            for (Iterator<Kept> oldest = kept.values().iterator(); oldest.hasNext();) {
                Kept block = oldest.next();
                if (block.askedForNanos - idleSince > 0) {
                    break;
                }
                bytes -= block.bytes;
                oldest.remove();
            }
            looksForIdle = false;
            lookForIdle();
        } finally {
            lock.unlock();
        }
    }

    /** Drops the blocks of a file that is closed. Whoever has one may go on reading it. */
    void forget(long segmentId) {
        lock.lock();
        try {
            List<Key> gone = new ArrayList<>();
            kept.forEach((key, block) -> {
                if (key.segmentId == segmentId) {
                    gone.add(key);
                    bytes -= block.bytes;
                }
            });
            gone.forEach(kept::remove);
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that are kept. */
    public long sizeBytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
