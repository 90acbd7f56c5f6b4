package dev.allframe.saga.machine;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Decision;
import dev.allframe.codec.CodecException;
import dev.allframe.failure.Failures;
import dev.allframe.saga.machine.SagaState.Begun;
import dev.allframe.store.EventMetadata;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The rules of every saga. An outcome of one step and the intent of the next are one decision, so that they are stored
 * together. What is told twice, or too late, changes nothing.
 */
public final class SagaMachine implements Aggregate<SagaCommand, SagaEvent, SagaState> {

    /** The name of the aggregate of all sagas. */
    public static final String AGGREGATE = "saga";

    private final Definition.Known definitions;

    /** The rules of the sagas that these define. */
    public SagaMachine(Definition.Known definitions) {
        this.definitions = definitions;
    }

    /** The aggregate of all sagas; its instances are {@code <definition>/<id>}. */
    public static AggregateType<SagaCommand, SagaEvent, SagaState> type(Definition.Known definitions) {
        return AggregateType
                .named(AGGREGATE, SagaCommand.class, SagaEvent.class, SagaState.class, new SagaMachine(definitions))
                .rememberCommands(0);
    }

    @Override
    public SagaState initialState() {
        return SagaState.NEW;
    }

    @Override
    public SagaState evolve(SagaState state, SagaEvent event) {
        return SagaEvolution.evolve(state, event);
    }

    @Override
    public Decision<SagaEvent> decide(SagaState state, SagaCommand command) {
        Begun begun = state.begun();
        if (command instanceof SagaCommand.Start start) {
            return begun == null ? start(state, start) : again(begun, start);
        }
        if (begun == null) {
            return Decision.refuse("not-started", "there is no such saga");
        }
        Optional<Definition<?>> definition = definitions.find(begun.definition(), begun.version());
        if (definition.isEmpty()) {
            return unknown(begun.definition(), begun.version());
        }
        if (!definition.get().structure().equals(begun.structure())) {
            return Decision.refuse("other-structure", "the saga was begun with other steps of '" + begun.definition()
                    + "' version " + begun.version() + ": give the changed steps another version");
        }
        return decide(definition.get(), state, command);
    }

    private Decision<SagaEvent> start(SagaState state, SagaCommand.Start start) {
        Optional<String> problem = Definition.idProblem(start.id());
        if (problem.isPresent()) {
            return Decision.refuse("invalid-id", problem.get());
        }
        try {
            EventMetadata.mustBeStorable(null, start.correlationId(), start.causationId(), start.headers());
        } catch (IllegalArgumentException refused) {
            return Decision.refuse("invalid-metadata", Failures.message(refused));
        }
        Optional<Definition<?>> definition = definitions.find(start.definition(), start.version());
        return definition.isPresent()
                ? start(definition.get(), state, start)
                : unknown(start.definition(), start.version());
    }

    private static Decision<SagaEvent> unknown(String definition, int version) {
        return Decision.refuse("unknown-definition", "this node has no saga '" + Moves.shortened(definition)
                + "' of version " + version);
    }

    private <T> Decision<SagaEvent> start(Definition<T> definition, SagaState state, SagaCommand.Start start) {
        Moves<T> moves = new Moves<>(definition, definitions, state, start.at());
        return unlessUnreadable(() -> {
            moves.forward().start(start);
            return Decision.persist(moves.events());
        });
    }

    /** Until there is code that can read the context, nothing is decided. */
    private static Decision<SagaEvent> unlessUnreadable(Supplier<Decision<SagaEvent>> rules) {
        try {
            return rules.get();
        } catch (CodecException unreadable) {
            return Decision.refuse("unreadable-context", Moves.shortened(Failures.message(unreadable)));
        }
    }

    /** The same saga is begun once, whoever begins it again. */
    private Decision<SagaEvent> again(Begun begun, SagaCommand.Start start) {
        if (!begun.definition().equals(start.definition()) || !begun.id().equals(start.id())) {
            return Decision.refuse("other-saga", "the stream belongs to saga '" + begun.id() + "' of '"
                    + begun.definition() + "'");
        }
        return isSame(begun, start)
                ? Decision.noChange()
                : Decision.refuse("other-context", "saga '" + begun.id() + "' of '" + begun.definition()
                        + "' was begun with another context");
    }

    /** Newer code may write the same context in another form. */
    private boolean isSame(Begun begun, SagaCommand.Start start) {
        return start.context().equals(begun.first())
                || definitions.find(start.definition(), start.version())
                        .map(definition -> definition.isSameContext(begun.first(), start.context()))
                        .orElse(false);
    }

    private <T> Decision<SagaEvent> decide(Definition<T> definition, SagaState state, SagaCommand command) {
        Moves<T> moves = new Moves<>(definition, definitions, state, command.at());
        return unlessUnreadable(() -> answer(moves, command).orElseGet(() -> Decision.persist(moves.events())));
    }

    /** Empty where records were chosen. */
    private static <T> Optional<Decision<SagaEvent>> answer(Moves<T> moves, SagaCommand command) {
        Interventions<T> interventions = new Interventions<>(moves);
        return switch (command) {
            case SagaCommand.Start start -> throw new IllegalStateException("a saga begins once");
            case SagaCommand.Report(var at, var effect, var outcome) -> new Reports<>(moves)
                    .reported(new SagaCommand.Report(at, effect, Outcomes.shortened(outcome)));
            case SagaCommand.Resume resume -> interventions.resume();
            case SagaCommand.Wake wake -> interventions.wake();
            case SagaCommand.Unstorable(var at, var message) -> interventions.unstorable(message);
            case SagaCommand.Arrive arrival -> interventions.arrived(arrival);
            case SagaCommand.Cancel cancel -> interventions.cancel(cancel);
            case SagaCommand.Decide decided -> interventions.decided(decided);
            case SagaCommand.SuccessorBegun begun -> interventions.successorBegun();
            case SagaCommand.SuccessorRefused refused -> interventions.successorRefused(refused);
        };
    }
}
