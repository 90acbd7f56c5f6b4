package dev.allframe.runtime.saga;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Lets so many calls of one step be under way; the others wait in their order, and hold nobody else up. A call has its
 * slot until it has really ended: one that goes on when its time is over <em>hangs</em>. While all slots are of calls
 * that hang, nobody waits. Thread-safe.
 */
final class CallSlots {

    private record Waiting(Taker taker, Slot slot) {}

    /** Who asks for a slot; told one or the other, once. */
    interface Taker {

        /** Makes the call; the slot must be told when it has ended. */
        void call(Slot slot);

        /** All slots are of calls that hang. */
        void noRoom();
    }

    private final int most;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int taken;
    private int hanging;

    CallSlots(int most) {
        this.most = most;
    }

    /** A call's place, from its beginning to its end. */
    final class Slot implements TimedCalls.Watch {

        private boolean hangs;
        private boolean ended;

        private Slot() {}

        @Override
        public void hangs() {
            List<Waiting> inVain = List.of();
            synchronized (CallSlots.this) {
                if (!ended && !hangs) {
                    hangs = true;
                    hanging++;
                    if (hanging == most) {
                        inVain = List.copyOf(waiting);
                        waiting.clear();
                    }
                }
            }
            inVain.forEach(each -> Thread.startVirtualThread(each.taker::noRoom));
        }

        /** The slot is of the next one, who may end it at once, so on another stack. */
        @Override
        public void ended() {
            Waiting next;
            synchronized (CallSlots.this) {
                if (ended) {
                    return;
                }
                ended = true;
                hanging -= hangs ? 1 : 0;
                next = waiting.poll();
                if (next == null) {
                    taken--;
                    return;
                }
            }
            Thread.startVirtualThread(() -> next.taker.call(next.slot));
        }
    }

    /** Gives a slot when there is one, at once or on a thread of its own. */
    void take(Taker taker) {
        Slot slot = new Slot();
        boolean room;
        synchronized (this) {
            room = taken < most;
            if (room) {
                taken++;
            } else if (hanging < most) {
                waiting.add(new Waiting(taker, slot));
                return;
            }
        }
        if (room) {
            taker.call(slot);
        } else {
            taker.noRoom();
        }
    }
}
