package dev.allframe.saga.machine;

import dev.allframe.aggregate.Stored;
import dev.allframe.codec.StoredValue;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.SagaUndo;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A saga as a value, with its stored forms. Immutable and thread-safe.
 *
 * @param type the saga
 * @param forms how its values are stored
 */
public record Definition<T>(SagaType<T> type, SagaForms<T> forms) {

    private static final int STRUCTURE_BYTES = 16;

    /** The stored form of a context of which the class is not known here. */
    StoredValue writeAny(Object context) {
        return forms.write(type.contextClass().cast(context));
    }

    boolean isSameContext(StoredValue one, StoredValue other) {
        return forms.context(one).equals(forms.context(other));
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

    /**
     * Identifies the steps: their names and order, what each does to which aggregate, and how it is undone. Two
     * definitions of one version that differ in this do not run each other's sagas.
     */
    public String structure() {
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
