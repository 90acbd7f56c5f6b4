package dev.allframe.codec.jackson;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.SealedCases;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.InvalidDomainException;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds the stored names of an aggregate's classes, and everything that is wrong with them, before anything is written. */
final class StoredNames {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    private final List<String> problems = new ArrayList<>();
    private final Set<Class<?>> visited = new HashSet<>();

    private StoredNames() {}

    /**
     * The event classes by their stored names.
     *
     * @throws InvalidDomainException with all problems at once
     */
    static Map<String, Class<?>> ofEvents(AggregateType<?, ?, ?> type) {
        StoredNames check = new StoredNames();
        Map<String, Class<?>> byName = new LinkedHashMap<>();
        Class<?> root = type.eventClass();
        if (!root.isSealed() && !Modifier.isFinal(root.getModifiers())) {
            check.problems.add(
                    root.getName() + " must be a sealed interface, or one final class, so that all events are known");
        }
        for (Class<?> event : SealedCases.of(root)) {
            if (check.hasName(event)) {
                String name = type.name() + "." + event.getAnnotation(Stored.class).value();
                Class<?> other = byName.putIfAbsent(name, event);
                if (other != null) {
                    check.problems.add(
                            event.getName() + " and " + other.getName() + " have the same stored name '" + name + "'");
                }
            }
            check.components(event);
        }
        check.report();
        return byName;
    }

    /**
     * The stored name of the state.
     *
     * @throws InvalidDomainException if it has none
     */
    static String ofState(AggregateType<?, ?, ?> type) {
        StoredNames check = new StoredNames();
        boolean named = check.hasName(type.stateClass());
        check.components(type.stateClass());
        check.report();
        return named ? type.name() + "." + type.stateClass().getAnnotation(Stored.class).value() : "";
    }

    private boolean hasName(Class<?> type) {
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

    /** The cases of sealed types inside a stored class are named on disk too. */
    private void components(Class<?> type) {
        if (type.isRecord() && visited.add(type)) {
            for (RecordComponent component : type.getRecordComponents()) {
                component(component.getGenericType());
            }
        }
    }

    private void component(Type type) {
        switch (type) {
            case Class<?> found when found.isArray() -> component(found.getComponentType());
            case Class<?> found when found.isSealed() && visited.add(found) -> {
                Map<String, Class<?>> names = new LinkedHashMap<>();
                for (Class<?> option : SealedCases.of(found)) {
                    if (hasName(option) && names.putIfAbsent(SealedTypes.nameOf(option), option) != null) {
                        problems.add("two cases of " + found.getName() + " have the stored name '"
                                + SealedTypes.nameOf(option) + "'");
                    }
                    components(option);
                }
            }
            case Class<?> found -> components(found);
            case ParameterizedType generic -> List.of(generic.getActualTypeArguments()).forEach(this::component);
            case GenericArrayType array -> component(array.getGenericComponentType());
            case WildcardType wildcard -> List.of(wildcard.getUpperBounds()).forEach(this::component);
            default ->
                problems.add("a component of type " + type + " is not bound to a class, so it cannot be read back");
        }
    }

    private void report() {
        if (!problems.isEmpty()) {
            throw new InvalidDomainException(problems);
        }
    }
}
