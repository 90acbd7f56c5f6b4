package dev.allframe.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a step does. Functions are pure, and get the context as the steps before have left it.
 *
 * @param <T> the context of the saga
 */
public sealed interface SagaAction<T> {

    /** Options, and what holds where none was said. */
    StepRules<T, ?> rules();

    /** Whether something is sent or called, rather than waited for. */
    default boolean works() {
        return switch (this) {
            case ByCommand<T, ?, ?> command -> true;
            case ByCall<T, ?> call -> true;
            case SleepUntil<T> sleep -> false;
            case AwaitEvent<T, ?, ?> await -> false;
        };
    }

    /** A command to an instance of an aggregate, recognised when it is repeated. */
    record ByCommand<T, C extends Command, E extends Event>(AggregateType<C, E, ?> type, Function<T, String> target,
            Function<T, ? extends C> command, StepRules<T, List<E>> rules) implements SagaAction<T> {
        public ByCommand {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(command, "command");
        }
    }

    /**
     * A call to something outside.
     *
     * @param output the class of its answer, a record with a {@link dev.allframe.aggregate.Stored} name
     * @param probe asks whether the call was done, where that is not known; null where nobody can tell
     */
    record ByCall<T, O>(Class<O> output, OutsideCall<T, O> call, @Nullable Probe<T, O> probe,
            StepRules<T, O> rules) implements SagaAction<T> {
        public ByCall {
            Objects.requireNonNull(output, "output");
            Objects.requireNonNull(call, "call");
        }
    }

    /** Waits for a moment, which is computed once. */
    record SleepUntil<T>(Function<T, Instant> moment, StepRules<T, Instant> rules) implements SagaAction<T> {
        public SleepUntil {
            Objects.requireNonNull(moment, "moment");
        }
    }

    /**
     * Waits for an event of an aggregate.
     *
     * @param eventKey the key of an event
     * @param key the key of the event that is awaited
     */
    record AwaitEvent<T, E extends Event, X extends E>(AggregateType<?, E, ?> type, Class<X> event,
            Function<X, String> eventKey, Function<T, String> key, StepRules<T, X> rules) implements SagaAction<T> {
        public AwaitEvent {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(event, "event");
            Objects.requireNonNull(eventKey, "eventKey");
            Objects.requireNonNull(key, "key");
        }
    }

    /** Sends a command to an instance. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is copied and not passed on
    static <T, C extends Command, E extends Event> SagaAction<T> command(AggregateType<C, E, ?> type,
            Function<T, String> target, Function<T, ? extends C> command, StepOption<T, List<E>>... options) {
        return new ByCommand<>(type, target, command, StepRules.of(List.of(options)));
    }

    /** Calls something outside, of which nobody can tell afterwards whether it was done. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is copied and not passed on
    static <T, O> SagaAction<T> call(Class<O> output, OutsideCall<T, O> call, StepOption<T, O>... options) {
        return new ByCall<>(output, call, null, StepRules.of(List.of(options)));
    }

    /** Calls something outside that can be asked afterwards whether it was done. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is copied and not passed on
    static <T, O> SagaAction<T> call(Class<O> output, OutsideCall<T, O> call, Probe<T, O> probe,
            StepOption<T, O>... options) {
        return new ByCall<>(output, call, Objects.requireNonNull(probe, "probe"),
                StepRules.of(List.of(options)));
    }

    /** Waits for a moment. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is copied and not passed on
    static <T> SagaAction<T> sleepUntil(Function<T, Instant> moment, StepOption<T, Instant>... options) {
        return new SleepUntil<>(moment, StepRules.of(List.of(options)));
    }

    /**
     * Waits for an event with a key. One that is stored before the turn of the step comes counts too, from the moment
     * in which the key is known.
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is copied and not passed on
    static <T, E extends Event, X extends E> SagaAction<T> awaitEvent(AggregateType<?, E, ?> type, Class<X> event,
            Function<X, String> eventKey, Function<T, String> key, StepOption<T, X>... options) {
        return new AwaitEvent<>(type, event, eventKey, key, StepRules.of(List.of(options)));
    }
}
