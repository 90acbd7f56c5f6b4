package dev.allframe.evolution;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Every stored name and version that a codec reads, and how: planned and checked once, when the codec is made. Immutable. */
public final class VersionRegistry {

    private final TreeMap<StoredVersion, MigrationPath> paths = new TreeMap<>();

    private VersionRegistry() {}

    /**
     * The registry of these paths.
     *
     * @throws IllegalArgumentException if two begin with the same name and version
     */
    public static VersionRegistry of(Collection<MigrationPath> paths) {
        VersionRegistry registry = new VersionRegistry();
        for (MigrationPath path : paths) {
            if (registry.paths.putIfAbsent(path.from(), path) != null) {
                throw new IllegalArgumentException("two paths begin with " + path.from());
            }
        }
        return registry;
    }

    /** The registry of a codec that reads these names and versions, and nothing older. */
    public static VersionRegistry ofToday(StoredVersion... versions) {
        return of(List.of(versions).stream().map(version -> new MigrationPath(version, List.of())).toList());
    }

    /** Whether what is stored under this name, {@code account.deposited}, in this version can be read. */
    public boolean canRead(String type, int version) {
        return path(type, version).isPresent();
    }

    /** How what is stored under this name in this version is read; empty where it cannot be. */
    public Optional<MigrationPath> path(String type, int version) {
        return version < 1 ? Optional.empty() : Optional.ofNullable(paths.get(new StoredVersion(type, version)));
    }

    /** Everything that can be read, by name and version. */
    public List<MigrationPath> paths() {
        return List.copyOf(paths.values());
    }

    /** A path in each line. */
    @Override
    public String toString() {
        return String.join("\n", paths.values().stream().map(MigrationPath::toString).toList());
    }
}
