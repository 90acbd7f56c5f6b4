package dev.allframe.journal.allsource.engine.write;

import java.time.Duration;

/** How long the first entry of a tail segment has waited to be sealed. For the partition's thread. */
final class TailAge {

    private final Duration limit;
    private boolean running;
    private long overAt;

    TailAge(Duration limit) {
        this.limit = limit;
    }

    /** The tail segment has an entry: its first, unless one was there before. */
    void begin() {
        if (!running) {
            running = true;
            overAt = System.nanoTime() + limit.toNanos();
        }
    }

    /** The tail segment has ended. */
    void end() {
        running = false;
    }

    boolean isRunning() {
        return running;
    }

    /** Whether the tail segment is to be ended because of its age. */
    boolean isOver() {
        return running && nanosLeft() <= 0;
    }

    long nanosLeft() {
        return overAt - System.nanoTime();
    }
}
