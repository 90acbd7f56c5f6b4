package dev.allframe.codec.jackson;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.evolution.AutoUpcaster;
import dev.allframe.evolution.JsonEvent;
import dev.allframe.evolution.MigrationStep;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.Upcast;
import dev.allframe.evolution.Upcaster;
import dev.allframe.failure.Failures;
import dev.allframe.schema.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Joins what an aggregate's classes and upcasters say about old stored forms into steps, and finds everything that is
 * wrong with them.
 */
final class MigrationPlan {

    private final String prefix;
    private final Set<String> problems = new LinkedHashSet<>();
    private final StoredNames names;

    private final Map<String, Class<?>> events = new LinkedHashMap<>();
    private final StepGraph graph = new StepGraph();

    /** Every class that is read, of today or old. */
    private final Map<Class<?>, StoredVersion> known = new HashMap<>();
    private final Map<StoredVersion, Class<?>> classes = new HashMap<>();

    private MigrationPlan(String prefix) {
        this.prefix = prefix;
        names = new StoredNames(prefix, problems);
    }

    private static MigrationPlan of(AggregateType<?, ?, ?> type, boolean withState) {
        MigrationPlan plan = new MigrationPlan(type.name());
        plan.events(type.eventClass());
        if (withState || type.stateClass().isAnnotationPresent(Stored.class)) {
            plan.state(type.stateClass());
        }
        return plan.checked(type.upcasts());
    }

    private void events(Class<?> root) {
        events.putAll(names.ofEvents(root));
        events.values().forEach(event -> know(event).ifPresent(version -> graph.event(version, event)));
    }

    private void state(Class<?> type) {
        know(type).ifPresent(version -> graph.state(version, type));
        names.mustNotIgnore(type);
    }

    /**
     * The plan of an aggregate.
     *
     * @throws InvalidDomainException with all problems at once
     */
    static MigrationPlan of(AggregateType<?, ?, ?> type) {
        return of(type, false);
    }

    /**
     * The plan of an aggregate whose state is stored.
     *
     * @throws InvalidDomainException with all problems at once, also where the state has no stored name
     */
    static MigrationPlan withState(AggregateType<?, ?, ?> type) {
        return of(type, true);
    }

    /**
     * The plan of a class whose objects are stored by themselves, as a state is; {@link #toState} leads to it.
     *
     * @param prefix what stands before stored names
     * @throws InvalidDomainException with all problems at once
     */
    static MigrationPlan ofValue(String prefix, Class<?> type, List<Upcast> upcasts) {
        MigrationPlan plan = new MigrationPlan(prefix);
        plan.state(type);
        plan.mustBeObject(type);
        return plan.checked(upcasts);
    }

    private void mustBeObject(Class<?> type) {
        if (problems.isEmpty()) {
            switch (SchemaOfClass.of("", 1, type).schema()) {
                case Schema.Members object -> {
                }
                case Schema.Cases objects -> {
                }
                case Schema other -> problems.add(type.getName() + " is no object in JSON: make it a record");
            }
        }
    }

    private MigrationPlan checked(List<Upcast> upcasts) {
        upcasts.forEach(this::declared);
        problems.addAll(graph.problems());
        if (!problems.isEmpty()) {
            throw new InvalidDomainException(List.copyOf(problems));
        }
        return this;
    }

    /** The event classes of today by their stored names. */
    Map<String, Class<?>> events() {
        return events;
    }

    /** What leads to events of today, or is dropped. */
    Migrations toEvents() {
        return graph.toEvents();
    }

    /** What leads to the state of today. */
    Migrations toState() {
        return graph.toState();
    }

    /** The stored name and version of a class; its added components become steps. Empty where it has none. */
    private Optional<StoredVersion> know(Class<?> type) {
        StoredVersion version = known.get(type);
        if (version == null) {
            if (!names.hasName(type)) {
                return Optional.empty();
            }
            Stored stored = type.getAnnotation(Stored.class);
            version = named(stored.value(), Math.max(1, stored.version()));
            known.put(type, version);
            Class<?> other = classes.putIfAbsent(version, type);
            if (other != null) {
                problems.add(type.getName() + " and " + other.getName() + " are both " + version);
            }
            names.contents(type);
            String name = stored.value();
            AddedComponents.byVersion(type, version.version(), problems).forEach((since, added) -> {
                StoredVersion newer = named(name, since);
                add(new MigrationStep(named(name, since - 1), List.of(newer), added.toString(), true),
                        older -> List.of(new Step.Result(newer, added.addTo(older))));
            });
        }
        return Optional.of(version);
    }

    private StoredVersion named(String name, int version) {
        return new StoredVersion(prefix + "." + name, version);
    }

    private StoredVersion named(StoredVersion declared) {
        return named(declared.type(), declared.version());
    }

    private void add(MigrationStep what, Step.Code code) {
        graph.step(new Step(what, code))
                .ifPresent(other -> problems
                        .add("two steps begin with " + what.from() + ": " + other.what() + " and " + what));
    }

    private void declared(Upcast upcast) {
        switch (upcast) {
            case Upcast.Json json -> fromTree(json);
            case Upcast.Typed(var from, var to, var upcaster) -> fromClass(from, to, upcaster);
            case Upcast.Auto(var from, var to) -> {
                know(from);
                know(to);
                try {
                    Upcaster<Object, Object> upcaster = auto(from, to);
                    fromClass(from, List.of(to), old -> List.of(upcaster.upcast(old)));
                } catch (IllegalArgumentException notOne) {
                    problems.add(Failures.message(notOne));
                }
            }
        }
    }

    @SuppressWarnings("unchecked") // it is called with what was read as its class
    private static Upcaster<Object, Object> auto(Class<?> from, Class<?> to) {
        return (Upcaster<Object, Object>) (Upcaster<?, ?>) AutoUpcaster.of(from, to);
    }

    private void fromClass(Class<?> from, List<Class<?>> to, Upcaster<Object, List<?>> upcaster) {
        Optional<StoredVersion> begin = know(from);
        Map<Class<?>, StoredVersion> ends = new LinkedHashMap<>();
        to.forEach(newer -> know(newer).ifPresent(version -> ends.put(newer, version)));
        if (begin.isEmpty() || !ends.keySet().containsAll(to)) {
            return; // the problem is noted
        }
        String how = to.isEmpty()
                ? "dropped"
                : from.getSimpleName() + " to "
                        + String.join(" + ", to.stream().map(Class::getSimpleName).toList());
        add(new MigrationStep(begin.get(), List.copyOf(ends.values()), how, false), old -> {
            List<Step.Result> results = new ArrayList<>();
            for (Object newer : given(upcaster.upcast(old.as(from)))) {
                StoredVersion as = ends.get(newer.getClass());
                if (as == null) {
                    throw new CodecException("it gave a " + newer.getClass().getName() + ", which it does not declare",
                            null);
                }
                results.add(new Step.Result(as, new Contents.Typed(newer)));
            }
            return results;
        });
    }

    private void fromTree(Upcast.Json json) {
        List<StoredVersion> to = json.to().stream().map(this::named).toList();
        add(new MigrationStep(named(json.from()), to, to.isEmpty() ? "dropped" : "JSON", false), old -> {
            List<Step.Result> results = new ArrayList<>();
            for (JsonEvent newer : given(json.upcaster().upcast(old.tree()))) {
                if (!json.to().contains(newer.as())) {
                    throw new CodecException("it gave a '" + newer.as() + "', which it does not declare", null);
                }
                results.add(new Step.Result(named(newer.as()), new Contents.Tree(given(newer.contents()), true)));
            }
            return results;
        });
    }

    /** What users' code has given, which may be null whatever its type says. */
    private static <T> T given(T value) {
        if (value == null) {
            throw new CodecException("it gave null", null);
        }
        return value;
    }
}
