package dev.allframe.evolution;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every stored name and version that a codec reads, and how: planned and checked once, when the codec is made.
 * Immutable.
 */
public final class VersionRegistry {

    private final TreeMap<StoredVersion, MigrationPath> paths = new TreeMap<>();

    /** The versions of today that read newer ones, by their names. */
    private final TreeMap<String, StoredVersion> readingNewer = new TreeMap<>();

    private VersionRegistry() {}

    /**
     * The registry of these paths.
     *
     * @throws IllegalArgumentException if two begin with the same name and version
     */
    public static VersionRegistry of(Collection<MigrationPath> paths) {
        return of(paths, List.of());
    }

    /**
     * The registry of these paths, and of all newer versions that are read as one of today.
     *
     * @param readingNewer those of today that ignore what they do not know
     * @throws IllegalArgumentException if two begin with the same name and version
     */
    public static VersionRegistry of(Collection<MigrationPath> paths, Collection<StoredVersion> readingNewer) {
        VersionRegistry registry = new VersionRegistry();
        readingNewer.forEach(today -> registry.readingNewer.put(today.type(), today));
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
        if (version < 1) {
            return Optional.empty();
        }
        StoredVersion stored = new StoredVersion(type, version);
        return ignoresPartOf(stored)
                ? Optional.of(new MigrationPath(stored, List.of(ignoring(stored, begin(stored)))))
                : Optional.ofNullable(paths.get(stored));
    }

    /**
     * Whether what is stored under this name and version is newer than this code, which reads it by ignoring what is
     * unknown.
     */
    public boolean ignoresPartOf(StoredVersion stored) {
        return !begin(stored).equals(stored);
    }

    /**
     * What is stored under this name and version is read as: today's version where it is newer and what is unknown in
     * it is ignored, else itself.
     */
    public StoredVersion begin(StoredVersion stored) {
        StoredVersion today = readingNewer.get(stored.type());
        return today != null && stored.version() > today.version() && !paths.containsKey(stored) ? today : stored;
    }

    private static MigrationStep ignoring(StoredVersion newer, StoredVersion today) {
        return new MigrationStep(newer, List.of(today), "what is unknown is ignored", true);
    }

    /** Everything that can be read, by name and version, but for newer versions. */
    public List<MigrationPath> paths() {
        return List.copyOf(paths.values());
    }

    /** A path in each line. */
    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        paths.forEach((stored, path) -> lines.add(path.toString()));
        readingNewer.values()
                .forEach(today -> lines
                        .add(ignoring(new StoredVersion(today.type(), today.version() + 1), today) + ", and so on"));
        return String.join("\n", lines);
    }
}
