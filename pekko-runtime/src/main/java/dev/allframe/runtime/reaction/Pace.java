package dev.allframe.runtime.reaction;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Says when the next effect may begin, so that there are at most so many a second. For one thread. */
final class Pace {

    /** What was missed in so short a time is caught up with: timers are not more exact. */
    private static final long CATCH_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private int perSecond;
    private long next;

    /** @param eventsPerSecond at most; 0 for no limit */
    void set(int eventsPerSecond, long nowNanos) {
        if (perSecond != eventsPerSecond) {
            perSecond = eventsPerSecond;
            next = nowNanos;
        }
    }

    /** How long to wait; zero where one may begin. */
    Duration toWait(long nowNanos) {
        return perSecond == 0 || nowNanos - next >= 0 ? Duration.ZERO : Duration.ofNanos(next - nowNanos);
    }

    /** One has begun. */
    void begun(long nowNanos) {
        if (perSecond > 0) {
            long earliest = nowNanos - CATCH_UP_NANOS;
            next = (next - earliest < 0 ? earliest : next) + TimeUnit.SECONDS.toNanos(1) / perSecond;
        }
    }
}
