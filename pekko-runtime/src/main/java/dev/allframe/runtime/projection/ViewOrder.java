package dev.allframe.runtime.projection;

import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;

/** What an operator has ordered of a view, as it is stored; every order says who gave it and why. */
public sealed interface ViewOrder extends Event {

    /** Who gave the order. */
    String by();

    /** Why. */
    String reason();

    /** To stop applying events. */
    @Stored("paused")
    record Paused(String by, String reason) implements ViewOrder {}

    /** To go on. */
    @Stored("resumed")
    record Resumed(String by, String reason) implements ViewOrder {}

    /** To build the view anew. */
    @Stored("rebuild-ordered")
    record RebuildOrdered(String by, String reason, boolean acceptsDeletedEvents) implements ViewOrder {}

    /** To try again what has failed. */
    @Stored("retry-ordered")
    record RetryOrdered(String by, String reason) implements ViewOrder {}

    /** For a reaction: to begin anew, with all that was ever stored or with what is stored behind the order. */
    @Stored("restart-ordered")
    record RestartOrdered(boolean fromStart, String by, String reason) implements ViewOrder {}

    /** To leave an event out. */
    @Stored("event-skipped")
    record EventSkipped(String stream, long sequenceNr, String by, String reason) implements ViewOrder {}

    /** To drop the rows and apply nothing, until a rebuild is ordered. */
    @Stored("retired")
    record Retired(String by, String reason) implements ViewOrder {}
}
