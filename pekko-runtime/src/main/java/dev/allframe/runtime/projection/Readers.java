package dev.allframe.runtime.projection;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts who reads a generation at this moment, so that it is not closed under them. Thread-safe. */
final class Readers {

    private static final int CLOSED = -1;

    private final AtomicInteger reading = new AtomicInteger();

    /** Whether the caller may read; then it calls {@link #leave} behind its last read. */
    boolean enter() {
        return reading.updateAndGet(count -> count == CLOSED ? CLOSED : count + 1) != CLOSED;
    }

    void leave() {
        reading.decrementAndGet();
    }

    /** Lets nobody enter any more; false, and nothing is changed, where somebody reads. May be repeated. */
    boolean closeIfIdle() {
        return reading.compareAndSet(0, CLOSED) || reading.get() == CLOSED;
    }
}
