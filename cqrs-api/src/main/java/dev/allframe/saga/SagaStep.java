package dev.allframe.saga;

import java.util.Objects;

/**
 * One step of a saga: what it does, and how that is undone.
 *
 * @param name lower case letters, digits and hyphens; part of what is stored, and of the ids of its commands
 * @param action what it does
 * @param undo how it is undone when a later step fails
 * @param <T> the context of the saga
 */
public record SagaStep<T>(String name, SagaAction<T> action, SagaUndo<T> undo) {

    public SagaStep {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(undo, "undo");
    }

    /** Whether nothing before it is undone any more when it is done. */
    public boolean isPivot() {
        return undo instanceof SagaUndo.CannotBeUndone<T>;
    }
}
