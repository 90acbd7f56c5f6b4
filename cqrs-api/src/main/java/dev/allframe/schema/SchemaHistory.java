package dev.allframe.schema;

import dev.allframe.evolution.MigrationPath;
import dev.allframe.evolution.VersionRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The schemas that types have had in their versions, against which today's are held. Immutable. */
public final class SchemaHistory {

    private final Map<String, NavigableMap<Integer, TypeSchema>> byType = new TreeMap<>();

    private SchemaHistory() {}

    /** A history; of two schemas of one version the later one counts. */
    public static SchemaHistory of(Collection<TypeSchema> schemas) {
        SchemaHistory history = new SchemaHistory();
        schemas.forEach(schema -> history.byType.computeIfAbsent(schema.type(), none -> new TreeMap<>())
                .put(schema.version(), schema));
        return history;
    }

    /** The schema of a version; empty where it is not known. */
    public Optional<TypeSchema> version(String type, int version) {
        return Optional.ofNullable(byType.getOrDefault(type, new TreeMap<>()).get(version));
    }

    /** The latest version of a type; 0 where none is known. */
    public int latest(String type) {
        NavigableMap<Integer, TypeSchema> versions = byType.get(type);
        return versions == null ? 0 : versions.lastKey();
    }

    /**
     * Holds today's schemas against the older versions.
     *
     * @param paths how older versions are read: where that is by adding components alone, schemas must agree; where it
     *         is code, the path is enough
     * @return what a mode asks for and is not so, a sentence each with what to do; none where all is well
     */
    public List<String> problems(Collection<TypeSchema> today, VersionRegistry paths, CompatibilityMode mode) {
        Map<String, TypeSchema> current = new TreeMap<>();
        today.forEach(schema -> current.put(schema.type(), schema));
        List<String> problems = new ArrayList<>();
        byType.forEach((type, versions) -> {
            TypeSchema now = current.get(type);
            NavigableMap<Integer, TypeSchema> older = now == null ? versions : versions.headMap(now.version(), false);
            if (!older.isEmpty()) {
                Collection<TypeSchema> owed = mode.transitive()
                        ? older.values()
                        : List.of(older.lastEntry().getValue());
                owed.forEach(old -> compare(old, now, paths, mode, problems));
            }
        });
        return problems;
    }

    private static void compare(TypeSchema old, @Nullable TypeSchema now, VersionRegistry paths,
            CompatibilityMode mode, List<String> problems) {
        if (mode.backward()) {
            compareBackward(old, now, paths, problems);
        }
        if (mode.forward() && now != null) {
            List<SchemaDifference> differences = Compatibility.differences(now, old);
            if (!differences.isEmpty()) {
                problems.add(now + " cannot be read by code that knows " + old + listed(differences));
            }
        }
    }

    private static void compareBackward(TypeSchema old, @Nullable TypeSchema now, VersionRegistry paths,
            List<String> problems) {
        MigrationPath path = paths.path(old.type(), old.version()).orElse(null);
        if (path == null) {
            problems.add(old + " cannot be read any more: add @Since to what is new in it, or an upcaster");
        } else if (path.addsOnly() && now != null) {
            List<SchemaDifference> differences = Compatibility.differences(old, now);
            if (!differences.isEmpty()) {
                problems.add(now + " cannot read what " + old + " has stored" + listed(differences)
                        + "\n  Add @Since to what is new, or an upcaster");
            }
        }
    }

    /** What is different between two schemas of one version, for people: a colon, and a line each. */
    public static String changes(TypeSchema before, TypeSchema after) {
        List<String> changes = new ArrayList<>();
        Compatibility.differences(before, after).forEach(found -> changes.add("what was stored: " + found));
        Compatibility.differences(after, before).forEach(found -> changes.add("what is stored now: " + found));
        return listed(changes.isEmpty()
                ? List.of("which components have a default, or whether unknown ones are ignored")
                : changes);
    }

    private static String listed(List<?> differences) {
        StringBuilder text = new StringBuilder(":");
        differences.forEach(difference -> text.append("\n  - ").append(difference));
        return text.toString();
    }
}
