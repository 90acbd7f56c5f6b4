package dev.allframe.runtime.projection;

import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import java.util.List;
import java.util.Objects;

/**
 * What an operator has ordered of a view, as it is stored; every order says who gave it and why. Orders are checked
 * when they are given. What is stored is read whatever it says: a text that is missing is empty.
 */
public sealed interface ViewOrder extends Event {

    /** Who gave the order. */
    String by();

    /** Why. */
    String reason();

    /** To stop applying events. */
    @Stored("paused")
    record Paused(String by, String reason) implements ViewOrder {

        public Paused {
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }
    }

    /** To go on. */
    @Stored("resumed")
    record Resumed(String by, String reason) implements ViewOrder {

        public Resumed {
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }
    }

    /** To build the view anew. */
    @Stored("rebuild-ordered")
    record RebuildOrdered(String by, String reason, boolean acceptsDeletedEvents) implements ViewOrder {

        public RebuildOrdered {
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }
    }

    /** To try again what has failed. */
    @Stored("retry-ordered")
    record RetryOrdered(String by, String reason) implements ViewOrder {

        public RetryOrdered {
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }
    }

    /** For a reaction: to begin anew, with all that was ever stored or with what is stored behind the order. */
    @Stored("restart-ordered")
    record RestartOrdered(boolean fromStart, String by, String reason) implements ViewOrder {

        public RestartOrdered {
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }
    }

    /** To leave an event out. */
    @Stored("event-skipped")
    record EventSkipped(String stream, long sequenceNr, String by, String reason) implements ViewOrder {

        public EventSkipped {
            stream = Objects.requireNonNullElse(stream, "");
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }

        /** Whether there may be such an event; orders of other versions were stored unchecked. */
        public boolean namesEvent() {
            return !stream.isEmpty() && sequenceNr >= 1;
        }
    }

    /** To drop the rows and apply nothing, until a rebuild is ordered. */
    @Stored("retired")
    record Retired(String by, String reason) implements ViewOrder {

        public Retired {
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }
    }

    /** What is ordered of the two versions of a view. */
    sealed interface OfVersions extends ViewOrder {}

    /** To let a version answer those who ask the view. */
    @Stored("answerer-ordered")
    record AnswererOrdered(int version, String by, String reason) implements OfVersions {

        public AnswererOrdered {
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }
    }

    /**
     * To give up the version that another has replaced.
     *
     * @param version the one that has replaced it
     */
    @Stored("replacement-finished")
    record ReplacementFinished(int version, String by, String reason) implements OfVersions {

        public ReplacementFinished {
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }
    }

    /** What is ordered of a replay. */
    sealed interface OfReplay extends ViewOrder {}

    /**
     * To replay a range of what is stored before the order.
     *
     * @param from the first time, as {@link java.time.Instant#parse} reads it; empty for no bound, as all texts
     * @param until the first time behind the range
     * @param types the stored names of events; none for all
     * @param tag a tag of events
     * @param stream the one stream
     * @param after the position behind which the range begins
     * @param upTo the position of its last event
     */
    @Stored("replay-started")
    record ReplayStarted(String from, String until, List<String> types, String tag, String stream, String after,
            String upTo, int eventsPerSecond, String by, String reason) implements OfReplay {

        public ReplayStarted {
            from = Objects.requireNonNullElse(from, "");
            until = Objects.requireNonNullElse(until, "");
            types = List.copyOf(Objects.requireNonNullElse(types, List.of()));
            tag = Objects.requireNonNullElse(tag, "");
            stream = Objects.requireNonNullElse(stream, "");
            after = Objects.requireNonNullElse(after, "");
            upTo = Objects.requireNonNullElse(upTo, "");
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }
    }

    /** To replay at most so many events a second; 0 for no limit. */
    @Stored("replay-rate-set")
    record ReplayRateSet(int eventsPerSecond, String by, String reason) implements OfReplay {

        public ReplayRateSet {
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }
    }

    /** To end a replay where it is. */
    @Stored("replay-cancelled")
    record ReplayCancelled(String by, String reason) implements OfReplay {

        public ReplayCancelled {
            by = Objects.requireNonNullElse(by, "");
            reason = Objects.requireNonNullElse(reason, "");
        }
    }
}
