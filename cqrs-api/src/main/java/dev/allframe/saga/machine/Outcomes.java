package dev.allframe.saga.machine;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.StoredValue;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandError.Execution;
import dev.allframe.command.CommandResult;
import java.util.List;
import java.util.function.Function;

/** What the result of a command means for a saga. */
public final class Outcomes {

    private Outcomes() {}

    /**
     * What became of a command that does or undoes a step.
     *
     * @param written the stored forms of its events, where the definition uses them; else gives none
     */
    public static <E extends Event> Outcome ofCommand(CommandResult<E> result,
            Function<List<E>, List<StoredValue>> written) {
        return switch (result) {
            case CommandResult.Accepted<E> accepted -> done(accepted, written);
            case CommandResult.Refused<E> refused -> new Outcome.Refused(refused.code(), text(refused));
            case CommandResult.Failed<E>(var error) -> ofError(error);
        };
    }

    private static <E extends Event> Outcome done(CommandResult.Accepted<E> accepted,
            Function<List<E>, List<StoredValue>> written) {
        return new Outcome.Done(!accepted.events().isEmpty() || accepted.deletedEvents() > 0,
                written.apply(accepted.events()));
    }

    private static String text(CommandResult.Refused<?> refused) {
        return refused.message() + (refused.details().isEmpty() ? "" : " " + refused.details());
    }

    private static Outcome ofError(CommandError error) {
        return switch (error) {
            case CommandError.Validation no -> not(error, false);
            case CommandError.NotPermitted no -> not(error, false);
            case CommandError.VersionConflict no -> not(error, false);
            case CommandError.UnknownAggregate no -> not(error, false);
            case CommandError.HandlerFailed no -> not(error, false);
            case CommandError.Unwritable no -> not(error, false);
            case CommandError.Voided no -> not(error, false);
            case CommandError.Overloaded later -> not(error, true);
            case CommandError.NotYetReadable later -> not(error, true);
            case CommandError.ShuttingDown later -> not(error, true);
            case CommandError.AnotherWriter later -> not(error, true);
            case CommandError.Unreadable unreadable -> byExecution(error, false);
            case CommandError.StorageUnavailable failed -> byExecution(error, true);
            case CommandError.NoAnswer lost -> byExecution(error, true);
            case CommandError.Timeout late -> unanswered(error);
            case CommandError.IdempotencyConflict conflict ->
                new Outcome.MustSettle(SettleReason.CONFLICT, error.code(), error.message());
            case CommandError.WindowExpired forgotten ->
                new Outcome.MustSettle(SettleReason.FORGOTTEN, error.code(), error.message());
        };
    }

    private static Outcome byExecution(CommandError error, boolean again) {
        return error.execution() == Execution.NOT_EXECUTED ? not(error, again) : unanswered(error);
    }

    private static Outcome not(CommandError error, boolean again) {
        return new Outcome.NotDone(error.code(), error.message(), again);
    }

    private static Outcome unanswered(CommandError error) {
        return new Outcome.Unanswered(error.code(), error.message());
    }

    /**
     * What is known of a command after its id was declared void. {@link Outcome.MustSettle} where the instance has
     * forgotten it: its stream must be read.
     */
    public static <E extends Event> Outcome ofVoiding(CommandResult<E> result,
            Function<List<E>, List<StoredValue>> written) {
        return switch (result) {
            case CommandResult.Accepted<E> accepted -> done(accepted, written);
            case CommandResult.Refused<E> refused -> new Outcome.NotDone(refused.code(), text(refused), false);
            case CommandResult.Failed<E>(CommandError.Voided error) -> not(error, false);
            case CommandResult.Failed<E>(CommandError.WindowExpired error) ->
                new Outcome.MustSettle(SettleReason.FORGOTTEN, error.code(), error.message());
            case CommandResult.Failed<E>(var error) -> unanswered(error);
        };
    }
}
