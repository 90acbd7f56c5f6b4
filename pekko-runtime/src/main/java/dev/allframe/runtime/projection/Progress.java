package dev.allframe.runtime.projection;

import dev.allframe.store.Position;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a view gets on, for those who ask. Thread-safe. */
final class Progress {

    private static final double WEIGHT_OF_THE_LAST = 0.2;

    private final Clock clock;
    private String trouble = "";
    private double rate;
    private long counted;
    private Instant countedSince;
    private @Nullable Instant behindSince;
    private long building;
    private @Nullable Position builtTo;
    private boolean waiting;

    Progress(Clock clock) {
        this.clock = clock;
        this.countedSince = clock.instant();
    }

    /** A page was applied. */
    synchronized void applied(int events, boolean atEnd) {
        Instant now = clock.instant();
        counted += events;
        double seconds = (now.toEpochMilli() - countedSince.toEpochMilli()) / 1000.0;
        if (seconds >= 1) {
            rate += WEIGHT_OF_THE_LAST * (counted / seconds - rate);
            counted = 0;
            countedSince = now;
        }
        if (atEnd) {
            behindSince = null;
        } else if (behindSince == null) {
            behindSince = now;
        }
    }

    synchronized void trouble(String now) {
        trouble = now;
    }

    synchronized String trouble() {
        return trouble;
    }

    synchronized double eventsPerSecond() {
        return rate;
    }

    synchronized @Nullable Instant behindSince() {
        return behindSince;
    }

    synchronized void building(long generation, Position to) {
        building = generation;
        builtTo = to;
    }

    synchronized void built() {
        building = 0;
        builtTo = null;
        waiting = false;
    }

    /** Whether the generation that is to be built waits for another view. */
    synchronized void waiting(boolean now) {
        waiting = now;
    }

    synchronized boolean isWaiting() {
        return waiting;
    }

    synchronized long building() {
        return building;
    }

    synchronized @Nullable Position builtTo() {
        return builtTo;
    }
}
