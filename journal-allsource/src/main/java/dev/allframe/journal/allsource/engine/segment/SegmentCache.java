package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.failure.Failures;
import dev.allframe.store.EventFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps loaded segments, and loaded parts of them, up to a number of bytes, and for each reader the two that it asked
 * for last: the part that it reads and the one that was loaded ahead. A reader that goes through more than there is
 * room for gives up its own first, so that it takes from no other reader what that one reads or may come back for.
 *
 * <p>Room is made where a part was loaded. The two parts in the hands of the reader that asked for it do not count. Of
 * the rest, while it is larger than the budget, go in this order, and of each kind first the part not asked for
 * longest:
 * <ol>
 * <li>what that reader has loaded and is in nobody's hands,
 * <li>what else is in nobody's hands,
 * <li>what is in the hands of other readers: only here one reader is at another's expense.
 * </ol>
 * So the memory is bounded by the budget and two parts, however many readers there are. A part that nobody has asked
 * for during {@link #IDLE} is removed, in hands or not, so that a store from which nobody reads takes none of it.
 *
 * <p>Thread-safe: when several ask for a part that is not there, the first loads it on its own thread and the others
 * wait.
 */
public final class SegmentCache {

    /** Loads a segment. */
    @FunctionalInterface
    public interface Loader {

        LoadedSegment load() throws IOException;
    }

    /**
     * Someone who reads one segment after the other, on one thread, and perhaps loads the next one on another. Known by
     * identity; one that is abandoned keeps nothing from being evicted for long.
     */
    public static final class Reader {

        private @Nullable Use last; // guarded by the lock of the cache
        private @Nullable Use secondLast; // guarded by the lock of the cache

        private void take(Use part) {
            if (part == last) {
                return;
            }
            if (part == secondLast) {
                secondLast = last;
            } else {
                if (secondLast != null) {
                    secondLast.hands--;
                }
                part.hands++;
                secondLast = last;
            }
            last = part;
        }

        private boolean has(Use part) {
            return part == last || part == secondLast;
        }

        /** Of what is in hands and in the cache. */
        private long bytes() {
            return bytes(last) + bytes(secondLast);
        }

        private static long bytes(@Nullable Use part) {
            return part != null && part.kept ? part.bytes : 0;
        }
    }

    static final Duration IDLE = Duration.ofSeconds(30);

    private final long maxBytes;
    private final LongSupplier nanoTime;
    /** Runs what it is given {@link #IDLE} later. */
    private final Executor later;
    /** Guards everything below; nothing is loaded while it is held. */
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Part, Kept> loaded = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Part, CompletableFuture<LoadedSegment>> loading = new LinkedHashMap<>();
    private long bytes;
    private boolean looksForIdle;

    /** Rows of a segment: those that a filter wants. */
    private record Part(long segmentId, EventFilter wanted) {

        static Part whole(long segmentId) {
            return new Part(segmentId, EventFilter.all());
        }

        long sizeBytes() {
            return wanted instanceof EventFilter.All ? 0 : 2L * wanted.toString().length();
        }
    }

    /** Rows in memory, and their use. */
    private record Kept(LoadedSegment rows, Use use) {}

    /** The use of a part, without its rows: readers remember it when the rows are gone. */
    private static final class Use {

        /** Those of the rows, and of the filter that is kept with them. */
        private final long bytes;
        private final Reader loadedBy;
        /** How many readers have asked for no more than one other part since. */
        private int hands;
        private boolean kept = true;
        private long askedForNanos;

        Use(long bytes, Reader loadedBy) {
            this.bytes = bytes;
            this.loadedBy = loadedBy;
        }
    }

    /** Keeps at most so many bytes, besides what a reader has in hands. */
    public SegmentCache(long maxBytes) {
        this(maxBytes, System::nanoTime,
                CompletableFuture.delayedExecutor(IDLE.toNanos(), TimeUnit.NANOSECONDS));
    }

    SegmentCache(long maxBytes, LongSupplier nanoTime, Executor later) {
        this.maxBytes = maxBytes;
        this.nanoTime = nanoTime;
        this.later = later;
    }

    /**
     * Gives a segment, or a part of it, loading it where it is not there. A failure goes to everyone who waits for it
     * and is not kept.
     *
     * @param reader who asks
     * @param segmentId which
     * @param wanted which of its rows must be there; others may be
     * @param loader asked at most once
     */
    public LoadedSegment get(Reader reader, long segmentId, EventFilter wanted, Loader loader) throws IOException {
        Part part = new Part(segmentId, wanted);
        CompletableFuture<LoadedSegment> mine = new CompletableFuture<>();
        CompletableFuture<LoadedSegment> others;
        lock.lock();
        try {
            Kept whole = loaded.get(Part.whole(segmentId));
            Kept there = whole == null ? loaded.get(part) : whole;
            if (there != null) {
                use(reader, there.use);
                return there.rows;
            }
            others = loading.putIfAbsent(part, mine);
        } finally {
            lock.unlock();
        }
        if (others == null) {
            return load(reader, part, loader, mine);
        }
        LoadedSegment segment = await(others);
        take(reader, part);
        return segment;
    }

    private void take(Reader reader, Part part) {
        lock.lock();
        try {
            Kept there = loaded.get(part);
            if (there != null) {
                use(reader, there.use);
            }
        } finally {
            lock.unlock();
        }
    }

    private LoadedSegment load(Reader reader, Part part, Loader loader, CompletableFuture<LoadedSegment> mine)
            throws IOException {
        try {
            LoadedSegment segment = loader.load();
            keep(reader, part, segment, mine);
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

    private void keep(Reader reader, Part part, LoadedSegment segment, CompletableFuture<LoadedSegment> mine) {
        lock.lock();
        try {
            // Forgotten while it was loaded: then it is not wanted any more.
            if (loading.remove(part, mine)) {
                Use use = new Use(segment.sizeBytes() + part.sizeBytes(), reader);
                loaded.put(part, new Kept(segment, use));
                bytes += use.bytes;
                use(reader, use);
                makeRoom(reader);
                lookForIdle();
            }
        } finally {
            lock.unlock();
        }
    }

    private void use(Reader reader, Use part) {
        part.askedForNanos = nanoTime.getAsLong();
        reader.take(part);
    }

    /** Looks once more after a while, as long as anything is kept. */
    private void lookForIdle() {
        if (!looksForIdle && !loaded.isEmpty()) {
            looksForIdle = true;
            later.execute(this::removeIdle);
        }
    }

    private void removeIdle() {
        lock.lock();
        try {
            long idleSince = nanoTime.getAsLong() - IDLE.toNanos();
            loaded.values().removeIf(part -> {
                boolean idle = part.use.askedForNanos - idleSince <= 0;
                if (idle) {
                    removed(part.use);
                }
                return idle;
            });
            looksForIdle = false;
            lookForIdle();
        } finally {
            lock.unlock();
        }
    }

    private void makeRoom(Reader reader) {
        long most = maxBytes + reader.bytes();
        removeOldest(most, part -> part.hands == 0 && part.loadedBy == reader);
        removeOldest(most, part -> part.hands == 0);
        removeOldest(most, part -> !reader.has(part));
    }

    private void removeOldest(long mostBytes, Predicate<Use> candidates) {
        Iterator<Kept> oldest = loaded.values().iterator();
        while (bytes > mostBytes && oldest.hasNext()) {
            Use part = oldest.next().use;
            if (candidates.test(part)) {
                oldest.remove();
                removed(part);
            }
        }
    }

    private void removed(Use part) {
        part.kept = false;
        bytes -= part.bytes;
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
                    removed(entry.getValue().use);
                }
                return gone;
            });
        } finally {
            lock.unlock();
        }
    }

    /** Drops everything: the store is closed. */
    public void clear() {
        lock.lock();
        try {
            loading.clear();
            loaded.values().forEach(part -> removed(part.use));
            loaded.clear();
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
