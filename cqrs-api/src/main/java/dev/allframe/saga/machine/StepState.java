package dev.allframe.saga.machine;

import dev.allframe.codec.StoredValue;
import java.util.List;

/**
 * A step that was begun.
 *
 * @param generation the last one
 * @param effective whether there is anything to undo
 * @param certain false where it may have been done
 * @param output what it gave, where that is kept
 * @param undoGeneration the last one of its undo; 0 where none was begun
 */
public record StepState(String step, Status status, int generation, boolean effective, boolean certain,
        List<StoredValue> output, int undoGeneration) {

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

    public StepState {
        output = List.copyOf(output);
    }

    StepState now(Status changed) {
        return new StepState(step, changed, generation, effective, certain, output, undoGeneration);
    }

    StepState undoing(int number) {
        return new StepState(step, status, generation, effective, certain, output, number);
    }
}
