package dev.allframe.runtime.saga;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets so many calls of one step be under way; the others wait in their order, and hold nobody else up. Thread-safe.
 */
final class CallSlots {

    private final int most;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int taken;

    CallSlots(int most) {
        this.most = most;
    }

    /** Runs a call when there is a slot, at once or on a thread of its own; the slot must be released. */
    void take(Runnable call) {
        synchronized (this) {
            if (taken == most) {
                waiting.add(call);
                return;
            }
            taken++;
        }
        call.run();
    }

    /** Gives a slot to the next one, who may release it at once: so on another stack. */
    void release() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                taken--;
                return;
            }
        }
        Thread.startVirtualThread(next);
    }
}
