package dev.allframe.runtime.projection;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Lets one view of a node be built beside what it serves at a time, in the order in which they ask: each takes a disk
 * and a processor from the others, and from those who read. Thread-safe.
 */
final class BuildTurns {

    private final Deque<Place> waiting = new ArrayDeque<>();
    private @Nullable Place building;

    /** The place of one view in the queue. */
    final class Place {

        private final Runnable granted;

        private Place(Runnable granted) {
            this.granted = granted;
        }

        /** Whether the view may be built; where not, it is told when it may. */
        boolean take() {
            return BuildTurns.this.take(this);
        }

        /** Lets the next view be built; also where this one is waiting still. Repeats do nothing. */
        void leave() {
            BuildTurns.this.leave(this);
        }
    }

    /**
     * A place in the queue, which is not waiting yet.
     *
     * @param granted is called when the view may be built, on any thread, and returns at once
     */
    Place place(Runnable granted) {
        return new Place(granted);
    }

    @SuppressWarnings("ReferenceEquality") // a place is one view
    private synchronized boolean take(Place place) {
        if (building == null) {
            building = place;
        }
        if (building == place) {
            return true;
        }
        if (!waiting.contains(place)) {
            waiting.add(place);
        }
        return false;
    }

    @SuppressWarnings("ReferenceEquality")
    private void leave(Place place) {
        Place next = null;
        synchronized (this) {
            waiting.remove(place);
            if (building == place) {
                building = waiting.poll();
                next = building;
            }
        }
        if (next != null) {
            next.granted.run();
        }
    }
}
