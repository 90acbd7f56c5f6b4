package dev.allframe.journal.allsource.engine.write;

import dev.allframe.store.StoreOverloadedException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of requests that wait for the writer, so that callers who are faster than the disk fill no heap. A request
 * that comes when none waits is always taken, whatever its size. Thread-safe.
 */
final class WaitingBytes {

    private final String storeId;
    private final long limit;
    private final AtomicLong waiting = new AtomicLong();

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
        long bytes = request.bytes();
        if (bytes > 0) {
            waiting.addAndGet(-bytes);
        }
    }
}
