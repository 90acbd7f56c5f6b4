package dev.allframe.runtime.storage;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the instances of one node have met last when they wrote and read: the health of a journal that cannot be asked
 * for its own. Written by instances, read by whoever asks, from any thread.
 */
public final class StorageWatch {

    private final AtomicReference<@Nullable Trouble> writes = new AtomicReference<>();
    private final AtomicReference<@Nullable Trouble> reads = new AtomicReference<>();

    /**
     * A failure, and no success since.
     *
     * @param since when the first failure in a row was
     * @param reason what the last one said
     */
    public record Trouble(Instant since, String reason) {}

    /** A write has succeeded. */
    public void wrote() {
        clear(writes);
    }

    /** A write has failed because of the storage, and not because of the record. */
    public void didNotWrite(Instant now, String reason) {
        writes.updateAndGet(last -> new Trouble(last == null ? now : last.since, reason));
    }

    /** An instance was recovered. */
    public void read() {
        clear(reads);
    }

    /** An instance was not recovered because of the storage. */
    public void didNotRead(Instant now, String reason) {
        reads.updateAndGet(last -> new Trouble(last == null ? now : last.since, reason));
    }

    private static void clear(AtomicReference<@Nullable Trouble> trouble) {
        if (trouble.get() != null) {
            trouble.set(null);
        }
    }

    /** Why the storage is in trouble; null where the last write and the last recovery succeeded. */
    public @Nullable Trouble trouble() {
        Trouble writing = writes.get();
        return writing == null ? reads.get() : writing;
    }
}
