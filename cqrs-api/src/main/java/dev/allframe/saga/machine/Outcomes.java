package dev.allframe.saga.machine;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.StoredValue;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandError.Execution;
import dev.allframe.command.CommandResult;
import dev.allframe.failure.Failures;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
        return kept(!accepted.events().isEmpty() || accepted.deletedEvents() > 0, () -> written
                .apply(accepted.events()));
    }

    /**
     * What became of a call that has answered.
     *
     * @param answer what it has answered; null where it has answered null
     * @param written the stored form of an answer
     */
    public static <O extends @Nullable Object> Outcome ofAnswer(O answer, Function<O, List<StoredValue>> written) {
        return kept(true, () -> written.apply(answer));
    }

    private static Outcome kept(boolean effective, Supplier<List<StoredValue>> output) {
        try {
            return new Outcome.Done(effective, UserCode.call("writing the output", output));
        } catch (UserCode.Threw threw) {
            return new Outcome.Unkept(effective, Failures.message(threw));
        }
    }

    private static String text(CommandResult.Refused<?> refused) {
        return Stream.of(refused.message(), refused.details().isEmpty() ? "" : refused.details().toString())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static Outcome ofError(CommandError error) {
        return switch (error) {
            case CommandError.Validation no -> not(error, false);
            case CommandError.NotPermitted no -> not(error, false);
            case CommandError.VersionConflict no -> not(error, false);
            case CommandError.UnknownAggregate no -> not(error, false);
            case CommandError.HandlerFailed no -> not(error, false);
            case CommandError.Unwritable no -> not(error, false);
            case CommandError.Overloaded later -> new Outcome.Postponed(error.code(), error.message());
            case CommandError.NotYetReadable later -> new Outcome.Postponed(error.code(), error.message());
            case CommandError.ShuttingDown later -> new Outcome.Postponed(error.code(), error.message());
            case CommandError.AnotherWriter later -> not(error, true);
            case CommandError.Unreadable unreadable -> byExecution(error, false);
            case CommandError.StorageUnavailable failed -> byExecution(error, true);
            case CommandError.NoAnswer lost -> byExecution(error, true);
            case CommandError.Timeout late -> unanswered(error);
            case CommandError.Voided voided ->
                new Outcome.MustSettle(SettleReason.CONFLICT, error.code(), error.message());
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
     * What is known of a command after its id was declared void: its refusal too, where the aggregate remembers
     * refusals. {@link Outcome.MustSettle} where the instance has forgotten it: its stream must be read.
     */
    public static <E extends Event> Outcome ofVoiding(CommandResult<E> result,
            Function<List<E>, List<StoredValue>> written) {
        return switch (result) {
            case CommandResult.Accepted<E> accepted -> done(accepted, written);
            case CommandResult.Refused<E> refused -> new Outcome.Refused(refused.code(), text(refused));
            case CommandResult.Failed<E>(CommandError.Voided error) -> new Outcome.NotDone(error.code(),
                    error.message() + "; whether a rule refused it is not remembered", false);
            case CommandResult.Failed<E>(CommandError.WindowExpired error) ->
                new Outcome.MustSettle(SettleReason.FORGOTTEN, error.code(), error.message());
            case CommandResult.Failed<E>(var error) -> unanswered(error);
        };
    }

    /** An outcome with texts that can be stored. */
    static Outcome shortened(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> done;
            case Outcome.Unkept(var effective, var message) ->
                new Outcome.Unkept(effective, Moves.shortened(message));
            case Outcome.Refused(var code, var message) ->
                new Outcome.Refused(Moves.shortened(code), Moves.shortened(message));
            case Outcome.NotDone(var code, var message, var again) ->
                new Outcome.NotDone(Moves.shortened(code), Moves.shortened(message), again);
            case Outcome.Postponed(var code, var message) ->
                new Outcome.Postponed(Moves.shortened(code), Moves.shortened(message));
            case Outcome.Unanswered(var code, var message) ->
                new Outcome.Unanswered(Moves.shortened(code), Moves.shortened(message));
            case Outcome.MustSettle(var reason, var code, var message) ->
                new Outcome.MustSettle(reason, Moves.shortened(code), Moves.shortened(message));
            case Outcome.Threw(var message) -> new Outcome.Threw(Moves.shortened(message));
            case Outcome.Unknown(var message) -> new Outcome.Unknown(Moves.shortened(message));
        };
    }
}
