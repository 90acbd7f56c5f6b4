package dev.allframe.evolution;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A step that a codec executes.
 *
 * @param from what it begins with
 * @param to what it may lead to; none where the event is dropped
 * @param how for people: {@code added channel = "cash"}
 * @param addsOnly whether it only adds components with their defaults, so that schemas tell all about it; else it is
 *         code
 */
public record MigrationStep(StoredVersion from, List<StoredVersion> to, String how, boolean addsOnly) {

    public MigrationStep {
        to = List.copyOf(to);
    }

    /** {@code account.deposited 1 -> 2 (added channel = "cash")}. */
    @Override
    public String toString() {
        return from + arrow();
    }

    String arrow() {
        String targets = to.stream()
                .map(target -> target.type().equals(from.type())
                        ? Integer.toString(target.version())
                        : target.toString())
                .collect(Collectors.joining(" + "));
        return " -> " + (targets.isEmpty() ? "nothing" : targets) + " (" + how + ")";
    }
}
