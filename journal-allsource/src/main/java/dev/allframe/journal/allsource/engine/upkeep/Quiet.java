package dev.allframe.journal.allsource.engine.upkeep;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether a store has little to do: during some time few entries and events were applied, so that work which can wait
 * takes no processor from appends. Not thread-safe.
 */
public final class Quiet {

    /** A store that applies fewer each second leaves nearly all of a processor. */
    private static final long FEW_IN_A_SECOND = 2_000;

    private final Duration period;
    private final LongSupplier applied;
    private final LongSupplier nanoTime;
    private boolean quiet = true;
    private long since;
    private long appliedBefore;

    /**
     * Quiet until {@link #disturbed}.
     *
     * @param period how long it must have little to do; with zero it is always quiet
     * @param applied how many entries and events were ever applied; an append of one event counts as two
     */
    public Quiet(Duration period, LongSupplier applied, LongSupplier nanoTime) {
        this.period = period;
        this.applied = applied;
        this.nanoTime = nanoTime;
        begin();
    }

    private void begin() {
        since = nanoTime.getAsLong();
        appliedBefore = applied.getAsLong();
    }

    /** It is not quiet; whether it is again shows after the period. */
    void disturbed() {
        quiet = false;
        begin();
    }

    boolean isQuiet() {
        if (period.isZero()) {
            return true;
        }
        if (nanosLeft() <= 0) {
            quiet = isLittle(nanoTime.getAsLong() - since);
            begin();
        }
        return quiet && isLittle(period.toNanos());
    }

    private boolean isLittle(long nanos) {
        double seconds = nanos / 1e9;
        return applied.getAsLong() - appliedBefore <= FEW_IN_A_SECOND * seconds;
    }

    /** When to look again. */
    long nanosLeft() {
        return since + period.toNanos() - nanoTime.getAsLong();
    }
}
