package dev.allframe.saga.machine;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.aggregate.Texts;
import dev.allframe.codec.StoredValue;
import dev.allframe.failure.Failures;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.SagaUndo;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A saga as a value, with its stored forms. Immutable and thread-safe.
 *
 * @param type the saga
 * @param forms how its values are stored
 * @param structure identifies the steps: their names and order, what each does to which aggregate, and how it is
 *        undone. Two definitions of one version that differ in this do not run each other's sagas.
 */
public record Definition<T>(SagaType<T> type, SagaForms<T> forms, String structure) {

    private static final int STRUCTURE_BYTES = 16;

    /** A saga with its stored forms. */
    public Definition(SagaType<T> type, SagaForms<T> forms) {
        this(type, forms, structureOf(type));
    }

    /** What is wrong with the id of a saga; empty where nothing is. */
    public static Optional<String> idProblem(String id) {
        if (id.isEmpty() || id.length() > SagaType.MAX_ID) {
            return Optional.of("an id has 1 to " + SagaType.MAX_ID + " characters, not " + id.length());
        }
        try {
            StreamId.of(SagaMachine.AGGREGATE, Texts.storable("an id", id));
            return Optional.empty();
        } catch (IllegalArgumentException refused) {
            return Optional.of(Failures.message(refused));
        }
    }

    /** The stored form of a context of which the class is not known here. */
    StoredValue writeAny(Object context) {
        return forms.write(type.contextClass().cast(context));
    }

    boolean isSameContext(StoredValue one, StoredValue other) {
        try {
            return UserCode.call("equals of the context", () -> forms.context(one).equals(forms.context(other)));
        } catch (UserCode.Threw unread) {
            return false;
        }
    }

    int indexOf(String step) {
        for (int i = 0; i < type.steps().size(); i++) {
            if (type.steps().get(i).name().equals(step)) {
                return i;
            }
        }
        throw new IllegalStateException(type + " version " + type.version().number() + " has no step '" + step + "'");
    }

    SagaStep<T> step(String name) {
        return type.steps().get(indexOf(name));
    }

    private static <T> String structureOf(SagaType<T> type) {
        StringBuilder text = new StringBuilder();
        for (SagaStep<T> step : type.steps()) {
            text.append(step.name()).append(' ').append(switch (step.action()) {
                case SagaAction.ByCommand<T, ?, ?> command -> "command " + command.type().name();
                case SagaAction.ByCall<T, ?> call -> call.probe() == null ? "call" : "call with a probe";
                case SagaAction.SleepUntil<T> sleep -> "sleep";
                case SagaAction.AwaitEvent<T, ?, ?> await -> "await " + eventName(await);
            }).append(' ').append(switch (step.undo()) {
                case SagaUndo.ByCommand<T, ?, ?> command -> "command " + command.type().name();
                case SagaUndo.ByCall<T> call -> "call";
                case SagaUndo.NothingToUndo<T> nothing -> "nothing";
                case SagaUndo.CannotBeUndone<T> never -> "pivot";
            }).append('\n');
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, STRUCTURE_BYTES);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    /**
     * What an event is told as to the sagas of this definition that await it: once for each key that it has for their
     * steps; none where no step awaits its class.
     *
     * @param eventId stream and sequence number
     * @throws RuntimeException if a function that gives a key throws, or gives null
     */
    public <E extends Event> List<SagaCommand.Arrive> arrivals(Instant at, AggregateType<?, E, ?> aggregate, E event,
            String eventId) {
        List<SagaCommand.Arrive> all = new ArrayList<>();
        for (SagaStep<T> step : type.steps()) {
            if (step.action() instanceof SagaAction.AwaitEvent<T, ?, ?> await
                    && await.type().name().equals(aggregate.name()) && await.event().isInstance(event)) {
                all.add(new SagaCommand.Arrive(at, eventName(await), keyOf(await, event), eventId,
                        forms.writeEvent(aggregate, event)));
            }
        }
        return all.stream().distinct().toList();
    }

    private static <E extends Event, X extends E> String keyOf(SagaAction.AwaitEvent<?, E, X> await, Event event) {
        return UserCode.call("the key of the event", () -> await.eventKey().apply(await.event().cast(event)));
    }

    /** The stored name of the event that a step awaits. */
    static String eventName(SagaAction.AwaitEvent<?, ?, ?> await) {
        return await.type().name() + "." + await.event().getAnnotation(Stored.class).value();
    }

    /** The definitions that can run. */
    @FunctionalInterface
    public interface Known {

        /** The definition of a name and version; empty where no code has it. */
        Optional<Definition<?>> find(String name, int version);
    }
}
