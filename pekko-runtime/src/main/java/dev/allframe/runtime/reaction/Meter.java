package dev.allframe.runtime.reaction;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** How fast a number rises, by what was seen of it in the last seconds. Thread-safe. */
final class Meter {

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Deque<Seen> seen = new ArrayDeque<>();

    private record Seen(long nanos, long number) {}

    /** The number is so high now; where it is lower than before, another has begun. */
    synchronized void at(long nowNanos, long number) {
        if (!seen.isEmpty() && number < seen.getLast().number) {
            seen.clear();
        }
        if (seen.isEmpty() || nowNanos - seen.getLast().nanos >= APART_NANOS) {
            seen.add(new Seen(nowNanos, number));
        }
        while (seen.size() > 1 && nowNanos - seen.getFirst().nanos > WINDOW_NANOS) {
            seen.remove();
        }
    }

    /** Nothing rises at the moment. */
    synchronized void rest() {
        seen.clear();
    }

    /** How much it rises a second; 0 where that is not known. */
    synchronized double perSecond() {
        if (seen.size() < 2) {
            return 0;
        }
        double seconds = (seen.getLast().nanos - seen.getFirst().nanos) / 1e9;
        return (seen.getLast().number - seen.getFirst().number) / seconds;
    }
}
