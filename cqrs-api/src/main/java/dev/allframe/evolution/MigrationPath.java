package dev.allframe.evolution;

import java.util.List;

/**
 * How a stored name and version is read: the steps that are executed, in this order; none where a class of today has
 * it.
 *
 * @param from what is stored
 * @param steps the steps; where one leads to several events, those of each follow it
 */
public record MigrationPath(StoredVersion from, List<MigrationStep> steps) {

    public MigrationPath {
        steps = List.copyOf(steps);
    }

    /** Whether all its steps only add components, or it has none. */
    public boolean addsOnly() {
        return steps.stream().allMatch(MigrationStep::addsOnly);
    }

    /** {@code account.deposited 1 -> 2 (added channel = "cash") -> 3 (DepositedV2 to Deposited)}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(from.toString());
        List<StoredVersion> reached = List.of(from);
        for (MigrationStep step : steps) {
            text.append(reached.equals(List.of(step.from())) ? step.arrow() : "; " + step);
            reached = step.to();
        }
        return text.toString();
    }
}
