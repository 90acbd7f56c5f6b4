package dev.allframe.saga.machine;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Texts;
import dev.allframe.codec.StoredValue;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.Successor;
import dev.allframe.saga.machine.SagaState.Phase;
import dev.allframe.saga.machine.SagaState.Received;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The way forward: begins steps, puts what they give into the context, and completes. Used with its {@link Moves}. */
final class Forward<T> {

    static final String LATE = "the saga has not come to its pivot in time";

    private final Moves<T> moves;

    Forward(Moves<T> moves) {
        this.moves = moves;
    }

    void start(SagaCommand.Start start) {
        Duration limit = moves.definition().type().deadline();
        T context = moves.definition().forms().context(start.context());
        moves.add(new SagaEvent.Started(moves.at(), start.definition(), start.version(), start.id(),
                moves.definition().structure(), start.context(), awaited(context), start.correlationId(),
                start.causationId(), start.headers(),
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
            return Optional.of(mustBeKey(UserCode.call("the key", () -> await.key().apply(context))));
        } catch (UserCode.Threw unknown) {
            return Optional.empty();
        }
    }

    /** A key that can be stored. */
    static String mustBeKey(String key) {
        return UserCode.call("the key", () -> Texts.storable("a key", key));
    }

    /** Begins the first step from an index on that is not left out, or ends. */
    void forward(int index) {
        List<SagaStep<T>> steps = moves.definition().type().steps();
        for (int i = index; i < steps.size(); i++) {
            if (isLate()) {
                turnBackAsLate();
                return;
            }
            SagaStep<T> step = steps.get(i);
            try {
                if (!isWanted(step)) {
                    skip(step);
                } else if (!begin(step)) {
                    return;
                }
            } catch (UserCode.Threw threw) {
                notDone(step, moves.generation(step.name()), "function-threw", Moves.message(threw));
                return;
            }
        }
        complete();
    }

    boolean isLate() {
        Instant deadline = moves.state().mustBegun().deadline();
        return deadline != null && !moves.at().isBefore(deadline) && !moves.state().pastPivot();
    }

    void turnBackAsLate() {
        moves.backward().turnBack("deadline", LATE);
    }

    void skip(SagaStep<T> step) {
        moves.add(new SagaEvent.StepSkipped(moves.at(), step.name()));
        passOn(moves.state().awaited());
    }

    /** Decided once: a step that was begun stays wanted. */
    private boolean isWanted(SagaStep<T> step) {
        Predicate<T> condition = step.action().rules().onlyIf();
        if (condition == null || moves.generation(step.name()) > 0) {
            return true;
        }
        T context = moves.context();
        return UserCode.<Boolean>call("onlyIf", () -> condition.test(context));
    }

    /** Begins a step. Whether it is done already, because what it waits for has happened. */
    private boolean begin(SagaStep<T> step) {
        moves.begin(step);
        Optional<Received> received = moves.state().received(step.name());
        if (received.isEmpty()) {
            return false;
        }
        received(step, moves.run().generation(), received.get());
        return moves.state().run() == null && moves.state().phase() == Phase.FORWARD;
    }

    /** The end of a step that has waited for an event. */
    void received(SagaStep<T> step, int generation, Received event) {
        if (event.event() != null) {
            done(step, generation, true, List.of(event.event()));
        } else {
            doneWithout(step, generation, true, List.of(), "unkept",
                    "event " + event.eventId() + " is too large to be kept with what it changes");
        }
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
        T context = moves.context();
        Optional<Successor<?>> next = UserCode.call("thenStart", () -> moves.definition().type().successor(context));
        return next.map(this::stored).orElse(null);
    }

    private <N> NextSaga stored(Successor<N> next) {
        String name = next.type().name();
        int version = next.type().version().number();
        SagaState.Begun own = moves.state().mustBegun();
        Definition<?> known = moves.definitions()
                .find(name, version)
                .orElseThrow(() -> UserCode.failure("thenStart gives a saga '" + name + "' of version " + version
                        + ", which is not registered"));
        if (name.equals(own.definition()) && next.id().equals(own.id())) {
            throw UserCode.failure("thenStart gives the saga '" + own.id() + "' itself: name another id");
        }
        Definition.idProblem(next.id()).ifPresent(problem -> {
            throw UserCode.failure("thenStart gives an id that cannot be: " + problem);
        });
        return UserCode.call("the context of thenStart",
                () -> new NextSaga(name, version, next.id(), known.writeAny(next.context())));
    }

    /** A step that was done, with what it gave. */
    void done(SagaStep<T> step, int generation, boolean effective, List<StoredValue> output) {
        T context = moves.context();
        StoredValue written;
        List<AwaitedKey> keys;
        try {
            T changed = into(step.action(), context, output);
            boolean same = UserCode.<Boolean>call("equals of the context", () -> changed.equals(context));
            written = same
                    ? null
                    : UserCode.call("writing the context", () -> moves.definition().forms().write(changed));
            keys = same ? List.of() : awaited(changed);
        } catch (UserCode.Threw threw) {
            doneWithout(step, generation, effective, output, "function-threw", Moves.message(threw));
            return;
        }
        List<StoredValue> kept = step.action() instanceof SagaAction.ByCall ? output : List.of();
        List<AwaitedKey> before = moves.state().awaited();
        moves.add(new SagaEvent.StepDone(moves.at(), step.name(), generation, effective, true, step.isPivot(), kept,
                written, keys));
        passOn(before);
    }

    /** An event that its step does without is of the next step that awaits it, and has awaited it when it came. */
    private void passOn(List<AwaitedKey> before) {
        for (Received event : moves.state().unused()) {
            before.stream()
                    .filter(key -> key.step().equals(event.step()) && key.key().equals(event.key()))
                    .flatMap(was -> moves.state().awaited().stream().filter(key -> key.isOf(was.event(), was.key())))
                    .filter(key -> before.contains(key) && moves.state().awaits(key.step()))
                    .findFirst()
                    .ifPresent(next -> moves.add(new SagaEvent.EventReceived(moves.at(), next.step(), next.key(),
                            event.eventId(), event.event())));
        }
    }

    /** A step that was done, and has not come into the context: the saga turns back, or is parked. */
    void doneWithout(SagaStep<T> step, int generation, boolean effective, List<StoredValue> output, String code,
            String message) {
        moves.add(new SagaEvent.StepDone(moves.at(), step.name(), generation, effective, true, step.isPivot(), output,
                null, List.of()));
        if (moves.state().pastPivot()) {
            moves.add(new SagaEvent.Parked(moves.at(), Halt.CONTEXT, step.name(), code, message));
        } else {
            moves.backward().turnBack(code, message);
        }
    }

    /** A step that may have been done, so that it is undone. */
    void maybeDone(SagaStep<T> step, int generation) {
        moves.add(new SagaEvent.StepDone(moves.at(), step.name(), generation, true, false, step.isPivot(), List.of(),
                null, List.of()));
    }

    /** A step of which an operator has said that it was done, or is not needed. */
    void doneByHand(SagaStep<T> step, int generation, boolean effective) {
        moves.add(new SagaEvent.StepDone(moves.at(), step.name(), generation, effective, true, step.isPivot(),
                List.of(), null, List.of()));
        forwardBehind(step);
    }

    /** The context with what a step has given. */
    private T into(SagaAction<T> action, T context, List<StoredValue> output) {
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
        return into == null
                ? context
                : UserCode.call("into", () -> into.apply(context, events(command.type(), output)));
    }

    private <E extends Event> List<E> events(AggregateType<?, E, ?> type, List<StoredValue> output) {
        return output.stream().flatMap(stored -> moves.definition().forms().events(type, stored).stream()).toList();
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
        if (into == null) {
            return context;
        }
        T changed = context;
        for (E event : UserCode.call("reading the event", () -> events(await.type(), output))) {
            if (await.event().isInstance(event)) {
                T before = changed;
                changed = UserCode.call("into", () -> into.apply(before, await.event().cast(event)));
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
