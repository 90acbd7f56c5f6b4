package dev.allframe.saga;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How the sagas of a definition are doing.
 *
 * @param definition its name
 * @param version its version
 * @param registered whether code here has it
 * @param sagas how many there are in each phase, as the view of this node has them
 * @param ends those that have ended on this node since it was started
 * @param steps what this node has done for each step since it was started, in their order
 */
public record SagaMetadata(String definition, int version, boolean registered, Map<SagaStatus.Phase, Long> sagas,
        Ends ends, List<StepUse> steps) {

    public SagaMetadata {
        sagas = Map.copyOf(sagas);
        steps = List.copyOf(steps);
    }

    /**
     * Sagas that have completed or were compensated.
     *
     * @param count how many
     * @param time how long all together have taken, each from its start to its end
     * @param longest how long the longest has taken
     */
    public record Ends(long count, Duration time, Duration longest) {}

    /**
     * What was done for a step.
     *
     * @param step its name
     * @param underWay how many attempts are under way
     * @param attempts how many have ended, those at its undo included
     * @param failures how many of these did not do what was wanted
     * @param time how long all attempts together have taken
     * @param longest how long the longest has taken
     */
    public record StepUse(String step, long underWay, long attempts, long failures, Duration time,
            Duration longest) {}
}
