package dev.allframe.runtime.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.codec.jackson.JacksonSagaForms;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.SagaUndo;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.SagaMachine;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The definitions that were checked and can run, by name and version. Immutable. */
public final class SagaDefinitions implements Definition.Known {

    private final NavigableMap<String, NavigableMap<Integer, Definition<?>>> byName = new TreeMap<>();

    private SagaDefinitions() {}

    /**
     * Checks definitions.
     *
     * @param hosted the aggregates that take commands, by name
     * @param problems gets all that is wrong
     */
    public static SagaDefinitions of(List<SagaType<?>> types, Map<String, AggregateType<?, ?, ?>> hosted,
            Set<String> problems) {
        SagaDefinitions definitions = new SagaDefinitions();
        if (!types.isEmpty() && hosted.containsKey(SagaMachine.AGGREGATE)) {
            problems.add("an aggregate is named '" + SagaMachine.AGGREGATE
                    + "', which is the name of all sagas: give it another name");
        }
        for (SagaType<?> type : types) {
            try {
                definitions.add(JacksonSagaForms.definition(type), problems);
            } catch (InvalidDomainException invalid) {
                problems.addAll(invalid.problems());
            }
            type.steps().forEach(step -> participants(step).forEach(participant -> {
                AggregateType<?, ?, ?> known = hosted.get(participant.name());
                String step1 = "saga '" + type.name() + "' step '" + step.name() + "' sends commands to '"
                        + participant.name() + "', which ";
                if (known == null) {
                    problems.add(step1 + "is not registered: add .aggregate(…)");
                } else if (known.commandClass() != participant.commandClass()) {
                    problems.add(step1 + "is registered with other commands, " + known.commandClass().getName());
                } else if (known.rememberedCommands() == 0) {
                    problems.add(step1 + "has rememberCommands(0): a repeat would be executed twice");
                }
            }));
        }
        return definitions;
    }

    private void add(Definition<?> definition, Set<String> problems) {
        int version = definition.type().version().number();
        if (byName.computeIfAbsent(definition.type().name(), name -> new TreeMap<>())
                .putIfAbsent(version, definition) != null) {
            problems.add("two sagas are named '" + definition.type().name() + "' and have version " + version);
        }
    }

    private static Stream<AggregateType<?, ?, ?>> participants(SagaStep<?> step) {
        return Stream.concat(
                step.action() instanceof SagaAction.ByCommand<?, ?, ?> command
                        ? Stream.<AggregateType<?, ?, ?>>of(command.type())
                        : Stream.empty(),
                step.undo() instanceof SagaUndo.ByCommand<?, ?, ?> undo
                        ? Stream.<AggregateType<?, ?, ?>>of(undo.type())
                        : Stream.empty());
    }

    /** Aggregates whose events start sagas, or are awaited by some. */
    public List<AggregateType<?, ?, ?>> read() {
        Map<String, AggregateType<?, ?, ?>> read = new LinkedHashMap<>();
        for (Definition<?> definition : all()) {
            definition.type().triggers().forEach(trigger -> read.putIfAbsent(trigger.type().name(), trigger.type()));
        }
        awaited().forEach(type -> read.putIfAbsent(type.name(), type));
        return List.copyOf(read.values());
    }

    /** Aggregates of which sagas await events. */
    Collection<AggregateType<?, ?, ?>> awaited() {
        Map<String, AggregateType<?, ?, ?>> awaited = new LinkedHashMap<>();
        for (Definition<?> definition : all()) {
            for (SagaStep<?> step : definition.type().steps()) {
                if (step.action() instanceof SagaAction.AwaitEvent<?, ?, ?> await) {
                    awaited.putIfAbsent(await.type().name(), await.type());
                }
            }
        }
        return awaited.values();
    }

    /** The definitions that events start: all versions of each, the newest first. */
    List<List<Definition<?>>> triggered() {
        return byName.values()
                .stream()
                .map(versions -> List.copyOf(versions.descendingMap().values()))
                .filter(versions -> versions.stream().anyMatch(version -> !version.type().triggers().isEmpty()))
                .toList();
    }

    @Override
    public Optional<Definition<?>> find(String name, int version) {
        NavigableMap<Integer, Definition<?>> versions = byName.get(name);
        return versions == null ? Optional.empty() : Optional.ofNullable(versions.get(version));
    }

    /** The definition that was made of a type; empty where it was not registered. */
    @SuppressWarnings("unchecked") // the same type value has the same context
    <T> Optional<Definition<T>> find(SagaType<T> type) {
        return find(type.name(), type.version().number()).filter(known -> known.type() == type)
                .map(known -> (Definition<T>) known);
    }

    /** All of them, in the order of their names and versions. */
    List<Definition<?>> all() {
        return byName.values()
                .stream()
                .<Definition<?>>flatMap(versions -> versions.values().stream())
                .toList();
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return byName.isEmpty();
    }
}
