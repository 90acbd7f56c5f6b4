package dev.allframe.runtime.query;

import dev.allframe.query.QueryError;
import dev.allframe.query.QueryResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A caller who waits for an answer, and is given exactly one. Thread-safe. */
final class Asked<R> {

    private final CompletableFuture<QueryResult<R>> result = new CompletableFuture<>();
    private final CompletableFuture<Void> timer = new CompletableFuture<>();
    private final AtomicBoolean answered = new AtomicBoolean();
    private final long begunNanos = System.nanoTime();
    private final Duration within;
    private final WaitingQueries waiting;
    private final QueryCounts counts;
    private volatile @Nullable HandlerRun<?, R> run;

    /** @param within how long it waits in all */
    Asked(Duration within, WaitingQueries waiting, QueryCounts counts) {
        this.within = within;
        this.waiting = waiting;
        this.counts = counts;
    }

    CompletableFuture<QueryResult<R>> result() {
        return result;
    }

    Duration within() {
        return within;
    }

    boolean isAnswered() {
        return answered.get();
    }

    /** Waits no longer than its time from now on. */
    void limitTime() {
        long left = Math.max(1, within.toNanos() - (System.nanoTime() - begunNanos));
        var unused = timer.completeOnTimeout(null, left, TimeUnit.NANOSECONDS)
                .thenRunAsync(() -> fail(new QueryError.Timeout(within)), Thread::startVirtualThread);
    }

    /** Waits for a run of the handler, of whose callers it is one. */
    void waitsFor(HandlerRun<?, R> joined) {
        run = joined;
        if (isAnswered()) {
            joined.leave(this);
        }
    }

    void fail(QueryError error) {
        answer(new QueryResult.Failed<>(error));
    }

    /** Gives the answer, where none was given, on a virtual thread of its own: the caller's code may wait there. */
    void answer(QueryResult<R> answer) {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        timer.cancel(false);
        counts.answered(answer);
        waiting.makeRoom();
        HandlerRun<?, R> joined = run;
        if (joined != null) {
            joined.leave(this);
        }
        Thread.startVirtualThread(() -> {
            result.complete(answer);
            waiting.remove(this);
        });
    }
}
