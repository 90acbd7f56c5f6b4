package dev.allframe.query;

import dev.allframe.projection.ProjectionState;
import java.time.Duration;

/**
 * Why a query has no answer. Each kind has a stable code and says whether asking again is sensible; a query changes
 * nothing, so that it never does harm.
 */
public sealed interface QueryError {

    /** One sentence with the facts. */
    String message();

    /** A stable name for logs, metrics and callers that cannot switch on types. */
    default String code() {
        return switch (this) {
            case UnknownQuery unknown -> "unknown-query";
            case NotYet behind -> "not-yet";
            case Never never -> "never";
            case ViewNotReady unready -> "view-not-ready";
            case Timeout late -> "timeout";
            case Overloaded overloaded -> "overloaded";
            case HandlerFailed failed -> "handler-failed";
            case StorageUnavailable failed -> "storage-unavailable";
            case ShuttingDown ending -> "shutting-down";
        };
    }

    /** Whether the same query may be answered when it is asked again later, without anybody changing something. */
    default boolean retryable() {
        return switch (this) {
            case UnknownQuery unknown -> false;
            case NotYet behind -> true;
            case Never never -> false;
            case ViewNotReady unready -> true;
            case Timeout late -> true;
            case Overloaded overloaded -> true;
            case HandlerFailed failed -> false;
            case StorageUnavailable failed -> true;
            case ShuttingDown ending -> true;
        };
    }

    /**
     * Nobody answers queries of this class here.
     *
     * @param query the class's name
     */
    record UnknownQuery(String query) implements QueryError {
        @Override
        public String message() {
            return "query " + query + " was not given to the builder of this AllFrame: add .query(…)";
        }
    }

    /**
     * A view has not applied what the tokens stand for within the time, or does not go on by itself. The commands stand
     * all the same.
     *
     * @param view its name
     * @param lag how many records behind the end of the store the view is, about; -1 where the store does not say
     * @param state what the view is doing
     */
    record NotYet(String view, long lag, ProjectionState state) implements QueryError {
        @Override
        public String message() {
            return "view '" + view + "' has not applied the command yet: it is " + state
                    + (lag < 0 ? "" : " and " + lag + " records behind");
        }
    }

    /**
     * A view will never apply what a token stands for, such as that of another store.
     *
     * @param view its name
     * @param reason why
     */
    record Never(String view, String reason) implements QueryError {
        @Override
        public String message() {
            return "view '" + view + "' will never apply the command: " + reason;
        }
    }

    /**
     * A view cannot be read: it is built for the first time or anew, or is retired or closed.
     *
     * @param view its name
     * @param message how far it is
     */
    record ViewNotReady(String view, String message) implements QueryError {}

    /**
     * The tokens were seen, and the handler did not answer in time, or did not get to run. It is interrupted unless
     * others wait for the same answer.
     *
     * @param waited the time limit
     */
    record Timeout(Duration waited) implements QueryError {
        @Override
        public String message() {
            return "no answer within " + waited;
        }
    }

    /**
     * Too many queries of this node wait for their answer; this one was not begun.
     *
     * @param limit how many may wait
     */
    record Overloaded(int limit) implements QueryError {
        @Override
        public String message() {
            return limit + " queries of the node wait for their answer, which is the limit"
                    + " allframe.queries.max-in-flight";
        }
    }

    /**
     * The user's own code threw or gave null: the handler's, or that of the query's components.
     *
     * @param message the exception's class and message
     */
    record HandlerFailed(String message) implements QueryError {}

    /**
     * The storage did not give what was needed.
     *
     * @param message the storage's own words
     */
    record StorageUnavailable(String message) implements QueryError {}

    /** AllFrame on this node is closed. Another node, or this one when it runs again, answers the query. */
    record ShuttingDown() implements QueryError {
        @Override
        public String message() {
            return "this node is shutting down; the query was not answered";
        }
    }
}
