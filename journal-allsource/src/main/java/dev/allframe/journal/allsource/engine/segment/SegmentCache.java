package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.failure.Failures;
import dev.allframe.store.EventFilter;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps loaded segments, and loaded parts of them, up to a number of bytes; those not asked for longest go first.
 * Thread-safe: when several ask for a segment that is not there, the first loads it on its own thread and the others
 * wait.
 */
public final class SegmentCache {

    /** Loads a segment. */
    @FunctionalInterface
    public interface Loader {

        LoadedSegment load() throws IOException;
    }

    private final long maxBytes;
    /** Guards everything below; nothing is loaded while it is held. */
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Part, Kept> loaded = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Part, CompletableFuture<LoadedSegment>> loading = new LinkedHashMap<>();
    private long bytes;

    /** Rows of a segment: those that a filter wants. */
    private record Part(long segmentId, EventFilter wanted) {

        static Part whole(long segmentId) {
            return new Part(segmentId, EventFilter.all());
        }

        long sizeBytes() {
            return wanted instanceof EventFilter.All ? 0 : 2L * wanted.toString().length();
        }
    }

    /**
     * Rows in memory.
     *
     * @param bytes theirs, and those of the filter that is kept with them
     */
    private record Kept(LoadedSegment rows, long bytes) {}

    /** Keeps at most so many bytes. */
    public SegmentCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Gives a segment, or a part of it, loading it where it is not there. A failure goes to everyone who waits for it
     * and is not kept.
     *
     * @param segmentId which
     * @param wanted which of its rows must be there; others may be
     * @param loader asked at most once
     */
    public LoadedSegment get(long segmentId, EventFilter wanted, Loader loader) throws IOException {
        Part part = new Part(segmentId, wanted);
        CompletableFuture<LoadedSegment> mine = new CompletableFuture<>();
        CompletableFuture<LoadedSegment> others;
        lock.lock();
        try {
            Kept whole = loaded.get(Part.whole(segmentId));
            Kept there = whole == null ? loaded.get(part) : whole;
            if (there != null) {
                return there.rows;
            }
            others = loading.putIfAbsent(part, mine);
        } finally {
            lock.unlock();
        }
        return others == null ? load(part, loader, mine) : await(others);
    }

    private LoadedSegment load(Part part, Loader loader, CompletableFuture<LoadedSegment> mine)
            throws IOException {
        try {
            LoadedSegment segment = loader.load();
            keep(part, segment, mine);
            mine.complete(segment);
            return segment;
        } catch (Throwable failure) {
            lock.lock();
            try {
                loading.remove(part, mine);
            } finally {
                lock.unlock();
            }
            mine.completeExceptionally(failure);
            throw failure;
        }
    }

    private void keep(Part part, LoadedSegment segment, CompletableFuture<LoadedSegment> mine) {
        long size = segment.sizeBytes() + part.sizeBytes();
        lock.lock();
        try {
            // Forgotten while it was loaded: then it is not wanted any more.
            if (loading.remove(part, mine) && size <= maxBytes) {
                loaded.put(part, new Kept(segment, size));
                bytes += size;
                evict();
            }
        } finally {
            lock.unlock();
        }
    }

    private void evict() {
        Iterator<Kept> oldest = loaded.values().iterator();
        while (bytes > maxBytes) {
            bytes -= oldest.next().bytes;
            oldest.remove();
        }
    }

    private static LoadedSegment await(CompletableFuture<LoadedSegment> others) throws IOException {
        try {
            return others.join();
        } catch (CompletionException failure) {
            Throwable cause = failure.getCause();
            switch (cause) {
                case IOException disk -> throw new IOException(Failures.message(disk), disk);
                case RuntimeException told -> throw told;
                case null, default -> throw failure;
            }
        }
    }

    /** Drops a segment that is no longer in the store. Whoever has it may go on reading it. */
    public void forget(long segmentId) {
        lock.lock();
        try {
            loading.keySet().removeIf(part -> part.segmentId == segmentId);
            loaded.entrySet().removeIf(entry -> {
                boolean gone = entry.getKey().segmentId == segmentId;
                if (gone) {
                    bytes -= entry.getValue().bytes;
                }
                return gone;
            });
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
