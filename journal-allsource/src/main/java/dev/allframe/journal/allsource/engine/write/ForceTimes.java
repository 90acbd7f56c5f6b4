package dev.allframe.journal.allsource.engine.write;

import dev.allframe.store.BackendStats;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/** How long forces of the log take, to two digits. One thread records; any thread asks. */
final class ForceTimes {

    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 2;
    private static final double MEDIAN = 50;
    private static final double P99 = 99;

    private final AtomicHistogram nanos = new AtomicHistogram(LONGEST_NANOS, DIGITS);

    void record(long duration) {
        nanos.recordValue(Math.clamp(duration, 0, LONGEST_NANOS));
    }

    /** With the number of requests that wait now. */
    BackendStats.Writes with(long queued) {
        Histogram now = nanos.copy();
        return new BackendStats.Writes(queued, now.getTotalCount(), Duration.ofNanos(now.getValueAtPercentile(MEDIAN)),
                Duration.ofNanos(now.getValueAtPercentile(P99)), Duration.ofNanos(now.getMaxValue()));
    }
}
