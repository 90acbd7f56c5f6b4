package dev.allframe.codec.jackson;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.UnknownStoredTypeException;
import dev.allframe.evolution.MigrationPath;
import dev.allframe.evolution.MigrationStep;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.failure.Failures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The steps that lead from old stored forms to some classes of today, and their execution. Made by
 * {@link MigrationPlan}, which has checked that every one ends.
 */
final class Migrations {

    private final Map<StoredVersion, Class<?>> today;
    private final Map<StoredVersion, Step> steps;
    private final VersionRegistry versions;

    /**
     * Steps without a cycle.
     *
     * @param today the classes to be reached
     * @param steps the steps by what they begin with
     * @param old those from which they are reached
     */
    Migrations(Map<StoredVersion, Class<?>> today, Map<StoredVersion, Step> steps, Set<StoredVersion> old) {
        this.today = Map.copyOf(today);
        this.steps = new HashMap<>(steps);
        versions = VersionRegistry.of(Stream.concat(today.keySet().stream(), old.stream()).map(this::path).toList(),
                today.entrySet()
                        .stream()
                        .filter(end -> DomainJson.ignoresUnknown(end.getValue()))
                        .map(Map.Entry::getKey)
                        .toList());
    }

    private MigrationPath path(StoredVersion from) {
        List<MigrationStep> path = new ArrayList<>();
        collect(from, path);
        return new MigrationPath(from, path);
    }

    private void collect(StoredVersion from, List<MigrationStep> path) {
        Step step = steps.get(from);
        if (step != null && !path.contains(step.what())) {
            path.add(step.what());
            step.what().to().forEach(next -> collect(next, path));
        }
    }

    /** What can be read. */
    VersionRegistry versions() {
        return versions;
    }

    /**
     * The objects of today that old stored bytes become, in their order.
     *
     * @throws UnknownStoredTypeException if no path leads to today's classes
     * @throws CodecException if a step fails, or its result does not fit
     */
    List<Object> toToday(String type, int version, byte[] bytes) {
        if (!versions.canRead(type, version)) {
            throw new UnknownStoredTypeException(type, version, versions);
        }
        List<Object> results = new ArrayList<>(1);
        StoredVersion stored = new StoredVersion(type, version);
        follow(stored, new Step.Result(versions.begin(stored), new Contents.Bytes(bytes)), results);
        return results;
    }

    private void follow(StoredVersion stored, Step.Result reached, List<Object> results) {
        Class<?> end = today.get(reached.as());
        if (end == null) {
            Step step = steps.get(reached.as());
            for (Step.Result next : Objects.requireNonNull(step).run(stored, reached.contents())) {
                follow(stored, next, results);
            }
            return;
        }
        try {
            results.add(reached.contents().as(end));
        } catch (IOException | RuntimeException unfit) {
            throw new CodecException("stored type '" + stored.type() + "' version " + stored.version()
                    + ", brought to " + reached.as() + ", does not fit its class: " + Failures.message(unfit), unfit);
        }
    }
}
