package dev.allframe.codec.jackson;

import dev.allframe.evolution.StoredVersion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where the steps of an aggregate lead: to events of today, to its state, or nowhere. Filled by {@link MigrationPlan}.
 */
final class StepGraph {

    private final Map<StoredVersion, Class<?>> events = new LinkedHashMap<>();
    private final Map<StoredVersion, Class<?>> state = new LinkedHashMap<>();
    private final Map<StoredVersion, Step> steps = new LinkedHashMap<>();

    /** Adds an event of today. */
    void event(StoredVersion version, Class<?> type) {
        events.put(version, type);
    }

    /** Adds the state of today. */
    void state(StoredVersion version, Class<?> type) {
        state.put(version, type);
    }

    /** Adds a step, unless there is one from the same version, which is returned. */
    Optional<Step> step(Step step) {
        return Optional.ofNullable(steps.putIfAbsent(step.what().from(), step));
    }

    /** What leads to events of today, or is dropped. */
    Migrations toEvents() {
        return new Migrations(events, steps, old(false));
    }

    /** What leads to the state of today. */
    Migrations toState() {
        return new Migrations(state, steps, old(true));
    }

    private Set<StoredVersion> old(boolean ofState) {
        Set<StoredVersion> old = new TreeSet<>();
        steps.keySet().stream().filter(from -> leadsToState(from) == ofState).forEach(old::add);
        return old;
    }

    private boolean leadsToState(StoredVersion from) {
        return ends(from).stream().anyMatch(state::containsKey);
    }

    /** Everything that is wrong with the steps. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (Step step : steps.values()) {
            StoredVersion from = step.what().from();
            if (isOfToday(from)) {
                problems.add("the step " + step.what() + " begins with the version of today");
            }
            for (StoredVersion target : step.what().to()) {
                if (!isOfToday(target) && !steps.containsKey(target)) {
                    problems.add("the step " + step.what() + " leads to " + target
                            + ", which is neither a class of today nor the beginning of another step");
                }
            }
            if (reaches(step.what().to(), from, new HashSet<>())) {
                problems.add("the step " + step.what() + " leads back to itself");
            }
            if (leadsToState(from) && ends(from).size() > 1) {
                problems.add(from + " leads to the state and to something else; a state becomes one state");
            }
        }
        return problems;
    }

    private boolean isOfToday(StoredVersion version) {
        return events.containsKey(version) || state.containsKey(version);
    }

    private boolean reaches(List<StoredVersion> from, StoredVersion wanted, Set<StoredVersion> seen) {
        return from.stream()
                .filter(seen::add)
                .anyMatch(version -> version.equals(wanted)
                        || (steps.containsKey(version) && reaches(steps.get(version).what().to(), wanted, seen)));
    }

    /** Everything of today that may come out, and once for each way. */
    private List<StoredVersion> ends(StoredVersion from) {
        List<StoredVersion> ends = new ArrayList<>();
        ends(from, new HashSet<>(), ends);
        return ends;
    }

    private void ends(StoredVersion from, Set<StoredVersion> seen, List<StoredVersion> ends) {
        if (isOfToday(from)) {
            ends.add(from);
        } else if (seen.add(from) && steps.containsKey(from)) {
            steps.get(from).what().to().forEach(next -> ends(next, seen, ends));
        }
    }
}
