package dev.allframe.runtime.query;

import dev.allframe.query.QueryError;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The callers of a node who wait for an answer, so many at most. Thread-safe. */
final class WaitingQueries {

    private final Set<Asked<?>> asked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final int limit;
    private volatile boolean closed;

    WaitingQueries(int limit) {
        this.limit = limit;
    }

    int limit() {
        return limit;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether there is room for another caller, who is answered at once behind {@link #close}. */
    boolean add(Asked<?> caller) {
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            return false;
        }
        asked.add(caller);
        if (closed) { // it may have come too late to be found
            caller.fail(new QueryError.ShuttingDown());
        }
        return true;
    }

    /** Makes room, for what the caller asks when it has its answer. */
    void makeRoom() {
        count.decrementAndGet();
    }

    /** Has its answer. */
    void remove(Asked<?> caller) {
        asked.remove(caller);
    }

    /** Answers everybody who waits. */
    void close() {
        closed = true;
        CompletableFuture<?>[] answers = asked.stream().map(Asked::result).toArray(CompletableFuture<?>[]::new);
        asked.forEach(caller -> caller.fail(new QueryError.ShuttingDown()));
        CompletableFuture.allOf(answers).completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
    }
}
