package dev.allframe.command;

import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Why a command has no outcome. Each kind has a stable code, says whether the command was executed, and whether sending
 * the same command again is safe and sensible.
 */
public sealed interface CommandError {

    /** Whether the command was executed, as far as whoever gives the error knows. */
    enum Execution {

        /** Nothing of the command is stored, and nothing will be by this dispatch. */
        NOT_EXECUTED,

        /** The command may have been executed, or may yet be. */
        UNKNOWN,

        /** The command was executed, by this dispatch or an earlier one, and its result cannot be given. */
        EXECUTED
    }

    /** One sentence with the facts. */
    String message();

    /** A stable name for logs, metrics and callers that cannot switch on types. */
    default String code() {
        return ErrorFacts.of(this).code();
    }

    /** Whether the command was executed. */
    default Execution execution() {
        return ErrorFacts.of(this).execution();
    }

    /**
     * Whether the same dispatch may succeed when it is repeated later, and does no harm: it is not executed a second
     * time. False where the same command has the same answer until somebody changes something.
     */
    default boolean retryable() {
        return ErrorFacts.of(this).retryable();
    }

    /**
     * The command itself is not valid; it never reached the instance.
     *
     * @param violations all of them
     */
    record Validation(List<ValidationError> violations) implements CommandError {
        public Validation {
            violations = List.copyOf(violations);
        }

        @Override
        public String message() {
            return violations.stream()
                    .map(error -> error.path() + " " + error.message())
                    .collect(Collectors.joining("; "));
        }
    }

    /**
     * An interceptor did not let the command through; it never reached the instance.
     *
     * @param message the interceptor's reason
     */
    record NotPermitted(String message) implements CommandError {}

    /**
     * The instance does not have the version that the caller expects; nothing was stored.
     *
     * @param stream the instance
     * @param expected the version that the caller named
     * @param actual the sequence number of the instance's last record
     */
    record VersionConflict(StreamId stream, String expected, long actual) implements CommandError {
        @Override
        public String message() {
            return "stream=" + stream.value() + " expected=" + expected + " actual=" + actual;
        }
    }

    /**
     * The command id was used before for a command with other contents; nothing was stored.
     *
     * @param commandId the id
     */
    record IdempotencyConflict(String commandId) implements CommandError {
        @Override
        public String message() {
            return "command id '" + commandId + "' was used before for a command with other contents";
        }
    }

    /**
     * The command was issued before the beginning of what the instance remembers: nobody can tell any more whether it
     * was executed then. This dispatch has not executed it.
     *
     * @param commandId the id
     * @param issuedAt when the caller issued it
     * @param windowBegins commands that were issued at this moment or before may be forgotten
     */
    record WindowExpired(String commandId, Instant issuedAt, Instant windowBegins) implements CommandError {
        @Override
        public String message() {
            return "command id '" + commandId + "' was issued at " + issuedAt
                    + ", and the instance may have forgotten the commands that were issued until " + windowBegins
                    + "; look whether it was executed, and send it anew if not";
        }
    }

    /**
     * The command id was declared void before a command with it was executed. None ever will be.
     *
     * @param commandId the id
     */
    record Voided(String commandId) implements CommandError {
        @Override
        public String message() {
            return "command id '" + commandId + "' was declared void before it was executed";
        }
    }

    /**
     * No aggregate of this name is registered on the node that was asked.
     *
     * @param name the aggregate's name
     */
    record UnknownAggregate(String name) implements CommandError {
        @Override
        public String message() {
            return "aggregate '" + name + "' is not registered; add it with AllFrame.on(system).aggregate(...)";
        }
    }

    /**
     * The user's own code threw: the aggregate's, an interceptor's, or that of a command's components and constraints.
     * Nothing was stored.
     *
     * @param message the exception's class and message
     */
    record HandlerFailed(String message) implements CommandError {}

    /**
     * The command, or an event that it leads to, cannot be written: it is too large for the storage or for a message
     * between nodes, or it could not be read again. Nothing was stored, and the same command never will be, unless a
     * limit is raised.
     *
     * @param message the limit, or the value that could not be read again
     */
    record Unwritable(String message) implements CommandError {}

    /**
     * The stored records of the instance cannot be read by this code: an event or a snapshot is damaged, or of an
     * unknown name, version or shape, or the aggregate cannot apply it. This dispatch has stored nothing; no command of
     * the instance is executed until the records are mended or code that can read them is deployed.
     *
     * @param message which record, and why
     * @param execution {@code EXECUTED} where the command is a repeat of an executed one, whose result cannot be read;
     *        else {@code NOT_EXECUTED}
     */
    record Unreadable(String message, Execution execution) implements CommandError {}

    /**
     * The event would be of a version that another member of the cluster cannot read yet. Nothing was stored; the same
     * command succeeds when that member runs newer code, or has left.
     *
     * @param message which version, and which member
     */
    record NotYetReadable(String message) implements CommandError {}

    /**
     * Too many commands are under way on this node, or wait in front of the instance; this one was not executed.
     *
     * @param limit how many may be under way, and how many may wait
     */
    record Overloaded(int limit) implements CommandError {
        @Override
        public String message() {
            return limit + " commands are under way on the node or wait for the instance, which is the limit"
                    + " allframe.max-in-flight";
        }
    }

    /**
     * AllFrame on this node is closed, or its actor system ends; the command was not executed. Another node, or this
     * one when it runs again, executes it.
     */
    record ShuttingDown() implements CommandError {
        @Override
        public String message() {
            return "this node is shutting down; the command was not executed";
        }
    }

    /**
     * Somebody else has stored records of the instance since it was loaded here: its actor on another node, or a
     * program beside AllFrame. Nothing was stored; the instance is loaded again, and the same command is then decided
     * on the state that the other writer has left.
     *
     * @param message the instance, and the storage's facts
     */
    record AnotherWriter(String message) implements CommandError {}

    /**
     * The storage did not take or give what was needed.
     *
     * @param message the storage's own words
     * @param execution {@code NOT_EXECUTED} where the storage is known to have stored nothing
     * @param retryable whether a repeat is safe: the command was not executed, or an instance recognises it by its id
     */
    record StorageUnavailable(String message, Execution execution, boolean retryable) implements CommandError {

        /** Nothing was stored; a repeat is safe. */
        public static StorageUnavailable notExecuted(String message) {
            return new StorageUnavailable(message, Execution.NOT_EXECUTED, true);
        }

        /** The records may be stored; a repeat is safe for a command that is recognised by its id. */
        public static StorageUnavailable unknown(String message, boolean recognised) {
            return new StorageUnavailable(message, Execution.UNKNOWN, recognised);
        }

        /** The command was executed, and its result cannot be read now; a repeat gives it later. */
        public static StorageUnavailable executed(String message) {
            return new StorageUnavailable(message, Execution.EXECUTED, true);
        }
    }

    /**
     * The answer will not come: whoever had the command has stopped, or the answer cannot be given.
     *
     * @param message the facts
     * @param execution whether the command was executed
     * @param retryable whether a repeat is safe: the command was not executed, or an instance recognises it by its id
     */
    record NoAnswer(String message, Execution execution, boolean retryable) implements CommandError {

        /** The command was not executed; a repeat is safe. */
        public static NoAnswer notExecuted(String message) {
            return new NoAnswer(message, Execution.NOT_EXECUTED, true);
        }

        /** The command may have been executed; a repeat is safe for a command that is recognised by its id. */
        public static NoAnswer unknown(String message, boolean recognised) {
            return new NoAnswer(message, Execution.UNKNOWN, recognised);
        }

        /** The command was executed; a repeat has the same answer. */
        public static NoAnswer executed(String message) {
            return new NoAnswer(message, Execution.EXECUTED, false);
        }
    }

    /**
     * No answer came in time. The command may have been or may yet be executed; a repeat is safe for a command that is
     * recognised by its id.
     *
     * @param waited the time limit
     * @param hint what may be the reason; empty for nothing known
     * @param identified whether the command is recognised when it is repeated: it carried an id, and the aggregate
     *        remembers ids
     */
    record Timeout(Duration waited, String hint, boolean identified) implements CommandError {
        @Override
        public String message() {
            return "no answer within " + waited + ", the outcome is unknown" + (hint.isEmpty() ? "" : "; " + hint);
        }
    }
}
