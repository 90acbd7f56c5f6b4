package dev.allframe.saga.machine;

import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.StoredValue;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.StepRules;
import dev.allframe.saga.Successor;
import dev.allframe.saga.machine.SagaState.Phase;
import dev.allframe.saga.machine.SagaState.Received;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The way forward: begins steps, puts what they give into the context, and completes. Used with its {@link Moves}. */
final class Forward<T> {

    private final Moves<T> moves;

    Forward(Moves<T> moves) {
        this.moves = moves;
    }

    void start(SagaCommand.Start start) {
        Duration limit = moves.definition().type().deadline();
        T context = moves.definition().forms().context(start.context());
        moves.add(new SagaEvent.Started(moves.at(), start.definition(), start.version(), start.id(), moves.definition().structure(),
                start.context(), awaited(context), start.correlationId(), start.causationId(), start.headers(),
                limit == null ? null : moves.at().plus(limit)));
        forward(0);
    }

    /** The keys of all events that are awaited, as the context has them. */
    private List<AwaitedKey> awaited(T context) {
        List<AwaitedKey> keys = new ArrayList<>();
        for (SagaStep<T> step : moves.definition().type().steps()) {
            if (step.action() instanceof SagaAction.AwaitEvent<T, ?, ?> await) {
                Optional<String> key = keyIfKnown(await, context);
                key.ifPresent(text -> keys.add(new AwaitedKey(step.name(), Definition.eventName(await), text)));
            }
        }
        return keys;
    }

    /** A key may be known only when an earlier step is done; its function may fail until then. */
    private static <T> Optional<String> keyIfKnown(SagaAction.AwaitEvent<T, ?, ?> await, T context) {
        try {
            return Optional.of(UserCode.<String>call("the key", () -> await.key().apply(context)));
        } catch (UserCode.Threw unknown) {
            return Optional.empty();
        }
    }

    /** Begins the first step from an index on that is not left out, or ends. */
    void forward(int index) {
        List<SagaStep<T>> steps = moves.definition().type().steps();
        for (int i = index; i < steps.size(); i++) {
            if (isLate()) {
                moves.backward().turnBack("deadline", "the saga has not come to its pivot in time");
                return;
            }
            SagaStep<T> step = steps.get(i);
            try {
                if (!isWanted(step.action().rules())) {
                    moves.add(new SagaEvent.StepSkipped(moves.at(), step.name()));
                } else if (!begin(step)) {
                    return;
                }
            } catch (UserCode.Threw threw) {
                notDone(step, moves.nextGeneration(step.name()), "function-threw", Moves.message(threw));
                return;
            }
        }
        complete();
    }

    boolean isLate() {
        Instant deadline = moves.state().mustBegun().deadline();
        return deadline != null && !moves.at().isBefore(deadline) && !moves.state().pastPivot();
    }

    private boolean isWanted(StepRules<T, ?> rules) {
        return rules.onlyIf() == null
                || UserCode.<Boolean>call("onlyIf", () -> Objects.requireNonNull(rules.onlyIf()).test(moves.context()));
    }

    /** Begins a step. Whether it is done already, because what it waits for has happened. */
    private boolean begin(SagaStep<T> step) {
        int generation = moves.nextGeneration(step.name());
        Instant until = step.action() instanceof SagaAction.SleepUntil<T> sleep
                ? UserCode.call("the moment", () -> sleep.moment().apply(moves.context()))
                : null;
        moves.begin(step, Direction.DO, generation, target(step), moves.at(), 0, 0, until);
        Optional<Received> received = moves.state().received()
                .stream()
                .filter(event -> event.step().equals(step.name()))
                .findFirst();
        if (received.isEmpty()) {
            return false;
        }
        done(step, generation, true, true, List.of(received.get().event()));
        return moves.state().run() == null && moves.state().phase() == Phase.FORWARD;
    }

    private @Nullable String target(SagaStep<T> step) {
        return step.action() instanceof SagaAction.ByCommand<T, ?, ?> command
                ? UserCode.call("the target", () -> command.target().apply(moves.context()))
                : null;
    }

    void complete() {
        NextSaga next;
        try {
            next = successor();
        } catch (UserCode.Threw threw) {
            moves.add(new SagaEvent.Parked(moves.at(), Halt.SUCCESSOR, null, "function-threw", Moves.message(threw)));
            return;
        }
        moves.add(new SagaEvent.Completed(moves.at(), next));
    }

    private @Nullable NextSaga successor() {
        Optional<Successor<?>> next = UserCode.call("thenStart", () -> moves.definition().type().successor(moves.context()));
        return next.map(this::stored).orElse(null);
    }

    private <N> NextSaga stored(Successor<N> next) {
        String name = next.type().name();
        int version = next.type().version().number();
        Definition<?> known = moves.definitions().find(name, version)
                .orElseThrow(() -> UserCode.failure("thenStart gives a saga '" + name + "' of version " + version
                        + ", which is not registered"));
        return new NextSaga(name, version, next.id(), known.writeAny(next.context()));
    }

    void done(SagaStep<T> step, int generation, boolean effective, boolean certain,
            List<StoredValue> output) {
        T context = moves.context();
        T changed;
        try {
            changed = into(step.action(), context, output, certain);
        } catch (UserCode.Threw threw) {
            moves.add(new SagaEvent.StepDone(moves.at(), step.name(), generation, effective, certain, step.isPivot(), output, null,
                    List.of()));
            if (moves.state().pastPivot()) {
                moves.add(new SagaEvent.Parked(moves.at(), Halt.CONTEXT, step.name(), "function-threw", Moves.message(threw)));
            } else {
                moves.backward().turnBack("function-threw", Moves.message(threw));
            }
            return;
        }
        boolean kept = step.action() instanceof SagaAction.ByCall;
        StoredValue written = changed.equals(context) ? null : moves.definition().forms().write(changed);
        moves.add(new SagaEvent.StepDone(moves.at(), step.name(), generation, effective, certain, step.isPivot(),
                kept ? output : List.of(), written, written == null ? List.of() : awaited(changed)));
    }

    /** The context with what a step has given. */
    private T into(SagaAction<T> action, T context, List<StoredValue> output, boolean certain) {
        if (!certain) {
            return context;
        }
        return switch (action) {
            case SagaAction.ByCommand<T, ?, ?> command -> intoEvents(command, context, output);
            case SagaAction.ByCall<T, ?> call -> intoAnswer(call, context, output);
            case SagaAction.SleepUntil<T> sleep -> context;
            case SagaAction.AwaitEvent<T, ?, ?> await -> intoEvent(await, context, output);
        };
    }

    private <C extends Command, E extends Event> T intoEvents(
            SagaAction.ByCommand<T, C, E> command, T context, List<StoredValue> output) {
        var into = command.rules().into();
        if (into == null) {
            return context;
        }
        List<E> all = new ArrayList<>();
        output.forEach(stored -> all.addAll(moves.definition().forms().events(command.type(), stored)));
        return UserCode.call("into", () -> into.apply(context, List.copyOf(all)));
    }

    private <O> T intoAnswer(SagaAction.ByCall<T, O> call, T context, List<StoredValue> output) {
        var into = call.rules().into();
        return into == null || output.isEmpty()
                ? context
                : UserCode.call("into", () -> into.apply(context,
                        moves.definition().forms().answer(call.output(), output.getFirst())));
    }

    private <E extends Event, X extends E> T intoEvent(SagaAction.AwaitEvent<T, E, X> await,
            T context, List<StoredValue> output) {
        var into = await.rules().into();
        T changed = context;
        if (into != null) {
            for (StoredValue stored : output) {
                for (E event : moves.definition().forms().events(await.type(), stored)) {
                    if (await.event().isInstance(event)) {
                        T before = changed;
                        changed = UserCode.call("into", () -> into.apply(before, await.event().cast(event)));
                    }
                }
            }
        }
        return changed;
    }

    /** Goes on behind a step that was done, unless that has ended the way forward. */
    void forwardBehind(SagaStep<T> step) {
        if (moves.state().phase() == Phase.FORWARD && moves.state().run() == null) {
            forward(moves.definition().indexOf(step.name()) + 1);
        }
    }

    /** The end of a step that was not done. */
    void notDone(SagaStep<T> step, int generation, String code, String message) {
        moves.add(new SagaEvent.StepNotDone(moves.at(), step.name(), generation, code, message));
        if (moves.state().pastPivot()) {
            moves.add(new SagaEvent.Parked(moves.at(), Halt.STEP, step.name(), code, message));
        } else {
            moves.backward().turnBack(code, message);
        }
    }
}
