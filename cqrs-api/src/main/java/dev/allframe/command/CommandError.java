package dev.allframe.command;

import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Why a command has no outcome. Each kind has a stable code and says whether sending the same command again is safe and
 * sensible.
 */
public sealed interface CommandError {

    /** A stable name for logs, metrics and callers that cannot switch on types. */
    String code();

    /** One sentence with the facts. */
    String message();

    /** Whether the same dispatch may succeed when it is repeated later, without doing harm. */
    boolean retryable();

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
        public String code() {
            return "validation";
        }

        @Override
        public String message() {
            return violations.stream()
                    .map(error -> error.path() + " " + error.message())
                    .collect(Collectors.joining("; "));
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /**
     * An interceptor did not let the command through; it never reached the instance.
     *
     * @param reason what the interceptor says
     */
    record NotPermitted(String reason) implements CommandError {
        @Override
        public String code() {
            return "not-permitted";
        }

        @Override
        public String message() {
            return reason;
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /**
     * The instance does not have the expected version; nothing was stored.
     *
     * @param stream the instance
     * @param expected what the caller named
     * @param actual the sequence number of its last record
     */
    record VersionConflict(StreamId stream, String expected, long actual) implements CommandError {
        @Override
        public String code() {
            return "version-conflict";
        }

        @Override
        public String message() {
            return "stream=" + stream.value() + " expected=" + expected + " actual=" + actual;
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /**
     * The command id was used before for a command with other contents; nothing was stored.
     *
     * @param commandId the id
     */
    record IdempotencyConflict(String commandId) implements CommandError {
        @Override
        public String code() {
            return "idempotency-conflict";
        }

        @Override
        public String message() {
            return "command id '" + commandId + "' was used before for a command with other contents";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /**
     * The command was issued before the beginning of what the instance remembers: nobody can tell any more whether it
     * was executed. It was not executed now.
     *
     * @param commandId the id
     * @param issuedAt when the caller issued it
     * @param windowBegins what was issued at this moment or before may be forgotten
     */
    record WindowExpired(String commandId, Instant issuedAt, Instant windowBegins) implements CommandError {
        @Override
        public String code() {
            return "window-expired";
        }

        @Override
        public String message() {
            return "command id '" + commandId + "' was issued at " + issuedAt
                    + ", and the instance may have forgotten what"
                    + " was issued until " + windowBegins + "; look whether it was executed, and send it anew if not";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /**
     * The command id was declared void before a command with it was executed. None ever will be.
     *
     * @param commandId the id
     */
    record Voided(String commandId) implements CommandError {
        @Override
        public String code() {
            return "voided";
        }

        @Override
        public String message() {
            return "command id '" + commandId + "' was declared void before it was executed";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /**
     * No aggregate of this name is registered on the node that was asked.
     *
     * @param name the aggregate's name
     */
    record UnknownAggregate(String name) implements CommandError {
        @Override
        public String code() {
            return "unknown-aggregate";
        }

        @Override
        public String message() {
            return "aggregate '" + name + "' is not registered; add it with AllFrame.on(system).aggregate(...)";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /**
     * No answer came in time. The outcome is unknown: the command may have been or may yet be executed. A repeat is
     * safe with a command id.
     *
     * @param waited the time limit
     * @param hint what may be the reason
     * @param identified whether the command carried an id
     */
    record Timeout(Duration waited, String hint, boolean identified) implements CommandError {
        @Override
        public String code() {
            return "timeout";
        }

        @Override
        public String message() {
            return "no answer within " + waited + ", the outcome is unknown" + (hint.isEmpty() ? "" : "; " + hint);
        }

        @Override
        public boolean retryable() {
            return identified;
        }
    }

    /**
     * The answer will not come: whoever had the command has stopped.
     *
     * @param reason what is known
     * @param retryable whether a repeat is safe: the command carried an id, or was surely not executed
     */
    record NoAnswer(String reason, boolean retryable) implements CommandError {

        @Override
        public String code() {
            return "no-answer";
        }

        @Override
        public String message() {
            return reason;
        }
    }

    /**
     * What is stored of the instance cannot be read by this code: an event or a snapshot of an unknown name, version or
     * shape, or one that the aggregate cannot apply. Nothing was stored; no command of the instance is executed until
     * code that can read it is deployed.
     *
     * @param reason which record, and why
     */
    record Unreadable(String reason) implements CommandError {

        @Override
        public String code() {
            return "unreadable";
        }

        @Override
        public String message() {
            return reason;
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /**
     * The event would be of a version that another member of the cluster cannot read yet. Nothing was stored; the same
     * command succeeds when that member runs newer code, or has left.
     *
     * @param reason which version, and which member
     */
    record NotYetReadable(String reason) implements CommandError {

        @Override
        public String code() {
            return "not-yet-readable";
        }

        @Override
        public String message() {
            return reason;
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /**
     * The storage did not take or give what was needed. Unless the command carries an id, a repeat may execute it
     * twice.
     *
     * @param reason the storage's own words
     * @param identified whether the command carried an id, or is known not to have been stored
     */
    record StorageUnavailable(String reason, boolean identified) implements CommandError {
        @Override
        public String code() {
            return "storage-unavailable";
        }

        @Override
        public String message() {
            return reason;
        }

        @Override
        public boolean retryable() {
            return identified;
        }
    }

    /**
     * The aggregate's own code threw; nothing was stored.
     *
     * @param reason the exception's class and message
     */
    record HandlerFailed(String reason) implements CommandError {
        @Override
        public String code() {
            return "handler-failed";
        }

        @Override
        public String message() {
            return reason;
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /**
     * Too many commands are under way on this node, or wait in front of the instance; this one was not executed.
     *
     * @param limit how many may be under way, and how many may wait
     */
    record Overloaded(int limit) implements CommandError {
        @Override
        public String code() {
            return "overloaded";
        }

        @Override
        public String message() {
            return limit + " commands are under way on the node or wait for the instance, which is the limit"
                    + " allframe.max-in-flight";
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }
}
