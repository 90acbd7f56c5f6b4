package dev.allframe.saga.machine;

import dev.allframe.codec.StoredValue;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step that was begun.
 *
 * @param generation the last one
 * @param effective whether there is anything to undo
 * @param certain false where it may have been done
 * @param output what it gave, where that is kept
 * @param undo its undo; null where none was begun
 */
public record StepState(String step, Status status, int generation, boolean effective, boolean certain,
        List<StoredValue> output, @Nullable Undoing undo) {

    /** What became of a step. */
    public enum Status {
        /** It was not done. */
        NOT_DONE,
        /** It was done, or may have been. */
        DONE,
        /** It was left out. */
        SKIPPED,
        /** It was undone. */
        UNDONE,
        /** It could not be undone. */
        STUCK
    }

    /**
     * An undo that was begun.
     *
     * @param generation the last one
     * @param target the instance that gets the command; null where there is none
     * @param issuedAt when that generation was begun first
     */
    public record Undoing(int generation, @Nullable String target, Instant issuedAt) {}

    public StepState {
        output = List.copyOf(output);
    }

    StepState now(Status changed) {
        return new StepState(step, changed, generation, effective, certain, output, undo);
    }

    StepState undoing(Undoing begun) {
        return new StepState(step, status, generation, effective, certain, output, begun);
    }
}
