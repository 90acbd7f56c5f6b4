package dev.allframe.saga;

import dev.allframe.command.CommandError;

/** Why something that was asked of a saga was not done. */
public sealed interface SagaError {

    /** A stable name that callers switch on. */
    default String code() {
        return switch (this) {
            case InvalidId wrong -> "invalid-id";
            case InvalidContext wrong -> "invalid-context";
            case InvalidMetadata wrong -> "invalid-metadata";
            case InvalidCursor wrong -> "invalid-cursor";
            case UnknownDefinition unknown -> "unknown-definition";
            case OtherContext other -> "other-context";
            case Overloaded full -> "overloaded";
            case NotStarted none -> "not-started";
            case TooLate late -> "too-late";
            case NotParked running -> "not-parked";
            case NotPossible other -> "not-possible";
            case OtherSteps changed -> "other-structure";
            case UnreadableContext unreadable -> "unreadable-context";
            case Unavailable failed -> failed.error().code();
        };
    }

    /** A sentence for people, with what to do next where that is known. */
    String message();

    /** Whether the same may succeed later. */
    default boolean retryable() {
        return switch (this) {
            case Overloaded full -> true;
            case Unavailable failed -> failed.error().retryable();
            default -> false;
        };
    }

    /** The id is empty, too long, or cannot be stored. */
    record InvalidId(String message) implements SagaError {}

    /** The context cannot be stored. */
    record InvalidContext(String message) implements SagaError {}

    /** Who has started it, or why, cannot be stored. */
    record InvalidMetadata(String message) implements SagaError {}

    /** No answer to this question can have ended with the cursor. */
    record InvalidCursor(String message) implements SagaError {}

    /** No code here has the definition. */
    record UnknownDefinition(String message) implements SagaError {}

    /** The id is that of a saga that was started with another context. */
    record OtherContext(String message) implements SagaError {}

    /** As many sagas of the definition run as may. */
    record Overloaded(String message) implements SagaError {}

    /** There is no such saga. */
    record NotStarted(String message) implements SagaError {}

    /** It has ended, or passed its pivot. */
    record TooLate(String message) implements SagaError {}

    /** Only about a parked saga something can be decided. */
    record NotParked(String message) implements SagaError {}

    /** That cannot be decided about a saga that stands where this one does. */
    record NotPossible(String message) implements SagaError {}

    /** The saga was started with other steps under the same version. */
    record OtherSteps(String message) implements SagaError {}

    /** No code here can read the saga's context. */
    record UnreadableContext(String message) implements SagaError {}

    /** It was not stored, or nobody knows: the same may be asked again. */
    record Unavailable(CommandError error) implements SagaError {
        @Override
        public String message() {
            return error.message();
        }
    }
}
