package dev.allframe.saga.machine;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.StoredValue;
import dev.allframe.command.CommandOptions;
import dev.allframe.failure.Failures;
import dev.allframe.saga.OutsideCall;
import dev.allframe.saga.Probe;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.SagaUndo;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An effect, ready to be made: what is sent or called, and with which id. */
public sealed interface Work {

    /**
     * A command.
     *
     * @param written the stored forms of its events, where the definition uses them
     */
    record Send<C extends Command, E extends Event>(AggregateType<C, E, ?> type, String target, C command,
            CommandOptions options, Function<List<E>, List<StoredValue>> written) implements Work {}

    /** To find out whether a command was executed, and to see to it that it is not later. */
    record DeclareVoid<C extends Command, E extends Event>(AggregateType<C, E, ?> type, String target,
            CommandOptions options, Function<List<E>, List<StoredValue>> written) implements Work {}

    /**
     * A call.
     *
     * @param written the stored form of its answer
     */
    record Call<T, O>(OutsideCall<T, O> call, T context, String key, Duration timeout,
            Function<O, List<StoredValue>> written) implements Work {}

    /**
     * To ask whether a call was done.
     *
     * @param call the call
     * @param written the stored form of its answer
     */
    record Ask<T, O>(OutsideCall<T, O> call, Probe<T, O> probe, T context, String key, Duration timeout,
            Function<O, List<StoredValue>> written) implements Work {}

    /** A function of the definition has thrown: there is nothing to send. */
    record Broken(String message) implements Work {}

    /**
     * The work of a step that is under way.
     *
     * @throws dev.allframe.codec.CodecException if this code cannot read the context
     */
    static <T> Work of(Definition<T> definition, SagaState state) {
        Run run = Objects.requireNonNull(state.run(), "no step is under way");
        try {
            return new Maker<>(definition, state, run).make();
        } catch (UserCode.Threw threw) {
            return new Broken(Failures.message(threw));
        }
    }

    /** Makes the work of one step. */
    final class Maker<T> {

        private final Definition<T> definition;
        private final Run run;
        private final SagaState.Begun saga;
        private final T context;
        private final SagaStep<T> step;
        private final Duration timeout;

        private Maker(Definition<T> definition, SagaState state, Run run) {
            this.definition = definition;
            this.run = run;
            saga = state.mustBegun();
            context = definition.forms().context(state.mustContext());
            step = definition.step(run.step());
            timeout = run.timeout();
        }

        private Work make() {
            return run.direction() == Direction.DO ? doing() : undoing();
        }

        private Work doing() {
            return switch (step.action()) {
                case SagaAction.ByCommand<T, ?, ?> command -> ofCommand(command);
                case SagaAction.ByCall<T, ?> call -> ofCall(call);
                case SagaAction.SleepUntil<T> sleep -> throw onlyWaits();
                case SagaAction.AwaitEvent<T, ?, ?> await -> throw onlyWaits();
            };
        }

        private IllegalStateException onlyWaits() {
            return new IllegalStateException("step '" + step.name() + "' only waits");
        }

        private <C extends Command, E extends Event> Work ofCommand(SagaAction.ByCommand<T, C, E> action) {
            Function<List<E>, List<StoredValue>> written = action.rules().into() == null
                    ? events -> List.of()
                    : events -> events.stream()
                            .map(event -> definition.forms().writeEvent(action.type(), event))
                            .toList();
            return run.settling() == null
                    ? new Send<>(action.type(), target(),
                            UserCode.call("the command", () -> action.command().apply(context)), options(), written)
                    : new DeclareVoid<>(action.type(), target(), options(), written);
        }

        private <O> Work ofCall(SagaAction.ByCall<T, O> action) {
            Function<O, List<StoredValue>> written = answer -> List
                    .of(definition.forms().writeAnswer(action.output(), answer));
            return run.settling() == null
                    ? new Call<>(action.call(), context, run.key(), timeout, written)
                    : new Ask<>(action.call(), Objects.requireNonNull(action.probe(), "nobody can be asked"), context,
                            run.key(), timeout, written);
        }

        private Work undoing() {
            return switch (step.undo()) {
                case SagaUndo.ByCommand<T, ?, ?> command -> ofUndo(command);
                case SagaUndo.ByCall<T> call -> ofUndo(call.call());
                case SagaUndo.NothingToUndo<T> nothing -> throw nothingToUndo();
                case SagaUndo.CannotBeUndone<T> pivot -> throw nothingToUndo();
            };
        }

        private IllegalStateException nothingToUndo() {
            return new IllegalStateException("step '" + step.name() + "' is not undone");
        }

        private <C extends Command, E extends Event> Work ofUndo(SagaUndo.ByCommand<T, C, E> undo) {
            return run.settling() == null
                    ? new Send<>(undo.type(), target(),
                            UserCode.call("the command of the undo", () -> undo.command().apply(context)), options(),
                            events -> List.of())
                    : new DeclareVoid<>(undo.type(), target(), options(), events -> List.of());
        }

        private <O extends @Nullable Object> Work ofUndo(OutsideCall<T, O> undo) {
            return new Call<>(undo, context, run.key(), timeout, answer -> List.of());
        }

        private String target() {
            return Objects.requireNonNull(run.target(), "a command has a target");
        }

        private CommandOptions options() {
            String id = saga.definition() + "/" + saga.id();
            String correlation = saga.correlationId();
            CommandOptions options = CommandOptions.withCommandId(run.key())
                    .issuedAt(run.issuedAt())
                    .correlatedBy(correlation == null ? "saga/" + id : correlation)
                    .causedBy(SagaMachine.AGGREGATE + "|" + id)
                    .within(timeout);
            for (var header : saga.headers().entrySet()) {
                options = options.withHeader(header.getKey(), header.getValue());
            }
            return options;
        }
    }
}
