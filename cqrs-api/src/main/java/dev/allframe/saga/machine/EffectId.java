package dev.allframe.saga.machine;

/**
 * Which attempt at what.
 *
 * @param step the step
 * @param direction whether it is done or undone
 * @param generation of the command id, or of the key of a call
 * @param attempt how many have failed before
 * @param settling whether it is found out if the step was done
 */
public record EffectId(String step, Direction direction, int generation, int attempt, boolean settling) {

    boolean isSameGeneration(EffectId other) {
        return step.equals(other.step) && direction == other.direction && generation == other.generation;
    }
}
