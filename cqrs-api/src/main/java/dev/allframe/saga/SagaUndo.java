package dev.allframe.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a step is undone. Undoing is tried again until it succeeds, for a day unless said; then the saga goes on with the
 * steps before, and is parked.
 *
 * @param <T> the context of the saga
 */
public sealed interface SagaUndo<T> {

    /** A command undoes it. */
    record ByCommand<T, C extends Command, E extends Event>(AggregateType<C, E, ?> type, Function<T, String> target,
            Function<T, ? extends C> command) implements SagaUndo<T> {
        public ByCommand {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(command, "command");
        }
    }

    /** A call to something outside undoes it. */
    record ByCall<T>(OutsideCall<T, ?> call) implements SagaUndo<T> {
        public ByCall {
            Objects.requireNonNull(call, "call");
        }
    }

    /** There is nothing to undo. */
    record NothingToUndo<T>() implements SagaUndo<T> {}

    /** It cannot be undone: when it is done the saga only goes forward. */
    record CannotBeUndone<T>() implements SagaUndo<T> {}

    /** Undone by a command. */
    static <T, C extends Command, E extends Event> SagaUndo<T> undo(AggregateType<C, E, ?> type,
            Function<T, String> target, Function<T, ? extends C> command) {
        return new ByCommand<>(type, target, command);
    }

    /**
     * Undone by a call to something outside, which gets the key of the call that it undoes. It may be asked to undo
     * what was not done.
     */
    static <T, O extends @Nullable Object> SagaUndo<T> undoCall(OutsideCall<T, O> call) {
        return new ByCall<>(call);
    }

    /** The step has changed nothing that must be undone. */
    static <T> SagaUndo<T> nothingToUndo() {
        return new NothingToUndo<>();
    }

    /** The pivot: when the step is done, the saga only goes forward. */
    static <T> SagaUndo<T> cannotBeUndone() {
        return new CannotBeUndone<>();
    }
}
