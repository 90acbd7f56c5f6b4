package dev.allframe.codec.jackson;

import dev.allframe.aggregate.SealedCases;
import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the stored names of an aggregate's classes, and everything that is wrong with them, before anything is written.
 */
final class StoredNames {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    private final String aggregate;
    private final Collection<String> problems;
    private final Set<Class<?>> visited = new HashSet<>();

    /**
     * Names of an aggregate.
     *
     * @param aggregate the aggregate's name
     * @param problems gets what is wrong
     */
    StoredNames(String aggregate, Collection<String> problems) {
        this.aggregate = aggregate;
        this.problems = problems;
    }

    /** The event classes by their stored names. */
    Map<String, Class<?>> ofEvents(Class<?> root) {
        Map<String, Class<?>> byName = new LinkedHashMap<>();
        if (!root.isSealed() && !Modifier.isFinal(root.getModifiers())) {
            problems.add(
                    root.getName() + " must be a sealed interface, or one final class, so that all events are known");
        }
        for (Class<?> event : SealedCases.of(root)) {
            if (hasName(event)) {
                String name = aggregate + "." + event.getAnnotation(Stored.class).value();
                Class<?> other = byName.putIfAbsent(name, event);
                if (other != null) {
                    problems.add(
                            event.getName() + " and " + other.getName() + " have the same stored name '" + name + "'");
                }
            }
            contents(event);
        }
        return byName;
    }

    /** Whether a class has a stored name; notes what is wrong with it. */
    boolean hasName(Class<?> type) {
        Stored stored = type.getAnnotation(Stored.class);
        if (stored == null) {
            problems.add(type.getName() + " needs a stored name: annotate it with @Stored(\"...\")");
            return false;
        }
        if (!NAME.matcher(stored.value()).matches()) {
            problems.add(type.getName() + " has the stored name '" + stored.value()
                    + "', which must be lower case letters, digits and hyphens");
        }
        if (stored.version() < 1) {
            problems.add(type.getName() + " has the stored version " + stored.version() + ", which must be 1 or more");
        }
        return true;
    }

    /** A stored class can be read again, and the cases of sealed types inside of it are named on disk too. */
    void contents(Class<?> type) {
        JsonTypes types = JsonTypes.of(type);
        problems.addAll(types.problems());
        for (Class<?> inside : types.inside()) {
            if (SealedCases.hasCases(inside) && visited.add(inside)) {
                cases(inside);
            } else if (inside.isRecord() && visited.add(inside)) {
                addedInside(inside);
            }
        }
    }

    private void cases(Class<?> sealed) {
        Map<String, Class<?>> names = new LinkedHashMap<>();
        for (Class<?> option : SealedCases.of(sealed)) {
            if (hasName(option) && names.putIfAbsent(SealedTypes.nameOf(option), option) != null) {
                problems.add("two cases of " + sealed.getName() + " have the stored name '"
                        + SealedTypes.nameOf(option) + "'");
            }
            mustNotIgnore(option);
        }
    }

    /** Only events say whether they ignore what is unknown, for all that is inside of them. */
    void mustNotIgnore(Class<?> type) {
        if (DomainJson.ignoresUnknown(type)) {
            problems.add(type.getName() + " has ignoreUnknown in @Stored, which is for events alone");
        }
    }

    private void addedInside(Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.isAnnotationPresent(Since.class)) {
                problems.add(component.getName() + " of " + type.getName()
                        + " is @Since a version, and a record inside of another has none of its own");
            }
        }
    }
}
