package dev.allframe.command;

import static dev.allframe.command.CommandError.Execution.NOT_EXECUTED;
import static dev.allframe.command.CommandError.Execution.UNKNOWN;

import dev.allframe.command.CommandError.AnotherWriter;
import dev.allframe.command.CommandError.Execution;
import dev.allframe.command.CommandError.HandlerFailed;
import dev.allframe.command.CommandError.IdempotencyConflict;
import dev.allframe.command.CommandError.NoAnswer;
import dev.allframe.command.CommandError.NotPermitted;
import dev.allframe.command.CommandError.NotYetReadable;
import dev.allframe.command.CommandError.Overloaded;
import dev.allframe.command.CommandError.ShuttingDown;
import dev.allframe.command.CommandError.StorageUnavailable;
import dev.allframe.command.CommandError.Timeout;
import dev.allframe.command.CommandError.UnknownAggregate;
import dev.allframe.command.CommandError.Unreadable;
import dev.allframe.command.CommandError.Unwritable;
import dev.allframe.command.CommandError.Validation;
import dev.allframe.command.CommandError.VersionConflict;
import dev.allframe.command.CommandError.Voided;
import dev.allframe.command.CommandError.WindowExpired;

/** What each kind of error says of itself, one line a kind. */
record ErrorFacts(String code, Execution execution, boolean retryable) {

    static ErrorFacts of(CommandError error) {
        return switch (error) {
            case Validation invalid -> new ErrorFacts("validation", NOT_EXECUTED, false);
            case NotPermitted refused -> new ErrorFacts("not-permitted", NOT_EXECUTED, false);
            case VersionConflict conflict -> new ErrorFacts("version-conflict", NOT_EXECUTED, false);
            case IdempotencyConflict conflict -> new ErrorFacts("idempotency-conflict", NOT_EXECUTED, false);
            case WindowExpired late -> new ErrorFacts("window-expired", UNKNOWN, false);
            case Voided voided -> new ErrorFacts("voided", NOT_EXECUTED, false);
            case UnknownAggregate unknown -> new ErrorFacts("unknown-aggregate", NOT_EXECUTED, false);
            case HandlerFailed failed -> new ErrorFacts("handler-failed", NOT_EXECUTED, false);
            case Unwritable unwritable -> new ErrorFacts("unwritable", NOT_EXECUTED, false);
            case Unreadable unreadable -> new ErrorFacts("unreadable", unreadable.execution(), false);
            case NotYetReadable early -> new ErrorFacts("not-yet-readable", NOT_EXECUTED, true);
            case Overloaded overloaded -> new ErrorFacts("overloaded", NOT_EXECUTED, true);
            case ShuttingDown ending -> new ErrorFacts("shutting-down", NOT_EXECUTED, true);
            case AnotherWriter writer -> new ErrorFacts("another-writer", NOT_EXECUTED, true);
            case StorageUnavailable failed ->
                new ErrorFacts("storage-unavailable", failed.execution(), failed.retryable());
            case NoAnswer lost -> new ErrorFacts("no-answer", lost.execution(), lost.retryable());
            case Timeout late -> new ErrorFacts("timeout", UNKNOWN, late.identified());
        };
    }
}
