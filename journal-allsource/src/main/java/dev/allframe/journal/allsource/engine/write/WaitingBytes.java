package dev.allframe.journal.allsource.engine.write;

import dev.allframe.store.StoreOverloadedException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much waits for the writer, so that callers who are faster than the disk fill no heap: bytes of changes, and
 * looks, of which each takes little. Looks have a bound of their own, as a journal looks before a replay and must not
 * be refused because of what others want to write. A change that comes when none waits is always taken, whatever its
 * size. Thread-safe.
 */
final class WaitingBytes {

    /** So many looks may wait, which take less than a KiB each. */
    static final int MAX_LOOKS = 1 << 16;

    private final String storeId;
    private final long limit;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong looks = new AtomicLong();

    WaitingBytes(String storeId, long limit) {
        this.storeId = storeId;
        this.limit = limit;
    }

    /**
     * A request waits from now on.
     *
     * @throws StoreOverloadedException if too much waits already; then it does not
     */
    void add(Request request) {
        if (request instanceof Request.Look<?>) {
            if (looks.getAndIncrement() >= MAX_LOOKS) {
                looks.decrementAndGet();
                throw new StoreOverloadedException("store " + storeId + ": " + MAX_LOOKS
                        + " questions wait for what is being written; try again");
            }
            return;
        }
        long bytes = request.bytes();
        if (bytes > 0) {
            long before = waiting.getAndAdd(bytes);
            if (before > 0 && before + bytes > limit) {
                waiting.addAndGet(-bytes);
                throw new StoreOverloadedException("store " + storeId + ": " + before
                        + " bytes wait to be written, and "
                        + bytes + " more would be over the limit of " + limit + "; nothing was stored, try again");
            }
        }
    }

    /** A request waits no more. */
    void remove(Request request) {
        if (request instanceof Request.Look<?>) {
            looks.decrementAndGet();
        }
        long bytes = request.bytes();
        if (bytes > 0) {
            waiting.addAndGet(-bytes);
        }
    }
}
