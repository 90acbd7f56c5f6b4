package dev.allframe.runtime;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How AllFrame on one node is doing at one moment; {@link AllFrame#health()} gives it.
 *
 * @param parts its storage, its hosts and its guards
 */
public record Health(List<Part> parts) {

    /** How a part is doing, from good to bad. */
    public enum Status {

        /** Everything is done that is asked for. */
        UP,

        /** Some of it fails: a storage reads and takes no changes, a member is not up in its cluster. */
        DEGRADED,

        /** Nothing is done: the part has stopped. */
        DOWN
    }

    /** What a part is. */
    public enum Kind {

        /** Where the instances are stored. */
        STORAGE,

        /** What runs the instances of one aggregate on this node. */
        HOST,

        /** A view of this node: not up while it is built, paused, or does not go on. */
        VIEW,

        /** A reaction: not up while it has not begun, or does not go on; up where another member runs it. */
        REACTION,

        /** A replay: not up while its run waits, stands, has parked streams or does not go on; up without a run. */
        REPLAY,

        /** What keeps instances from being executed where that would not be safe. */
        GUARD
    }

    /**
     * One part.
     *
     * @param kind what it is
     * @param name the storage's name in the configuration, the aggregate's, or the guard's
     * @param status how it is doing
     * @param reason why it is not up, in a sentence; empty where it is up
     * @param since since when it is not up; null where it is, or where that is not known
     */
    public record Part(Kind kind, String name, Status status, String reason, @Nullable Instant since) {

        static Part up(Kind kind, String name) {
            return new Part(kind, name, Status.UP, "", null);
        }

        @Override
        public String toString() {
            return kind + " " + name + " is " + status + (since == null ? "" : " since " + since)
                    + (reason.isEmpty() ? "" : ": " + reason);
        }
    }

    public Health {
        parts = List.copyOf(parts);
    }

    /** That of the part that is doing worst. */
    public Status status() {
        return parts.stream().map(Part::status).max(Comparator.naturalOrder()).orElse(Status.UP);
    }

    /** Whether every part is up. */
    public boolean isUp() {
        return status() == Status.UP;
    }

    /** The parts that are not up. */
    public List<Part> troubles() {
        return parts.stream().filter(part -> part.status() != Status.UP).toList();
    }

    /** The status, and a sentence for each part that is not up. */
    @Override
    public String toString() {
        return isUp()
                ? Status.UP.toString()
                : troubles().stream().map(Part::toString).collect(Collectors.joining("; ", status() + ": ", ""));
    }
}
