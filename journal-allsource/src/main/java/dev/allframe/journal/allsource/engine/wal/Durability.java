package dev.allframe.journal.allsource.engine.wal;

import java.time.Duration;

/**
 * When the log forces what was appended, and so what a power loss can take away. The death of the process alone takes
 * nothing in any of them.
 */
public sealed interface Durability {

    /** Before every acknowledgement. Nothing that was acknowledged is lost. */
    record Fsync() implements Durability {}

    /**
     * With the first acknowledgement after this time, and when the log is idle: a power loss takes what was
     * acknowledged since then.
     *
     * @param every the time between two forces, more than 0, at most a day
     */
    record Interval(Duration every) implements Durability {

        public Interval {
            if (every.compareTo(Duration.ZERO) <= 0 || every.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("a time between forces is more than 0 and at most a day, not "
                        + every);
            }
        }
    }

    /**
     * When the operating system likes, at the end of a segment and when the log is closed. A power loss takes what was
     * acknowledged since then.
     */
    record Os() implements Durability {}

    static Durability fsync() {
        return new Fsync();
    }

    static Durability interval(Duration every) {
        return new Interval(every);
    }

    static Durability os() {
        return new Os();
    }
}
