package dev.allframe.runtime.query;

import dev.allframe.query.QueryResult;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What is told of a query. Thread-safe. */
final class QueryCounts {

    private final LongAdder asked = new LongAdder();
    private final LongAdder cached = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder runs = new LongAdder();
    private final LongAdder tookNanos = new LongAdder();
    private final LongAccumulator longestNanos = new LongAccumulator(Math::max, 0);
    private final AtomicLong waiting = new AtomicLong();

    /** Somebody asks, and is to be {@link #answered}. */
    void asked() {
        asked.increment();
        waiting.incrementAndGet();
    }

    void answered(QueryResult<?> answer) {
        waiting.decrementAndGet();
        if (answer instanceof QueryResult.Failed<?>) {
            failed.increment();
        }
    }

    /** So many callers are given an answer that was not made for them. */
    void cached(int callers) {
        cached.add(callers);
    }

    /** A handler has ended, well or not. */
    void ended(long nanos) {
        runs.increment();
        tookNanos.add(nanos);
        longestNanos.accumulate(nanos);
    }

    long timesAsked() {
        return asked.sum();
    }

    long timesCached() {
        return cached.sum();
    }

    long timesFailed() {
        return failed.sum();
    }

    long runs() {
        return runs.sum();
    }

    long waiting() {
        return waiting.get();
    }

    Duration took() {
        return Duration.ofNanos(tookNanos.sum());
    }

    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }
}
