package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.SealedCases;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.codec.StateCodec;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.codec.jackson.JacksonStateCodec;
import dev.allframe.codec.jackson.JsonSchemas;
import dev.allframe.codec.jackson.JsonTypes;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.store.Envelope;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate type that was checked and can be hosted. Immutable.
 *
 * @param type the type
 * @param events writes and reads its events
 * @param states writes and reads its states; null where it keeps no snapshots
 * @param commands the command classes by the names that they have between nodes
 * @param listener is told the states of its instances; null for nobody
 * @param rule says why an event must not be stored now, though members can read it; gives null where it may
 */
public record RegisteredAggregate<C extends Command, E extends Event, S>(AggregateType<C, E, S> type,
        EventCodec<E> events,
        @Nullable StateCodec<S> states, Map<String, Class<?>> commands, @Nullable StateListener<S> listener,
        Function<E, @Nullable String> rule) {

    /**
     * Checks a type.
     *
     * @throws InvalidDomainException if its classes cannot be stored or sent, with all that is wrong with events, state
     *         and commands
     */
    public static <C extends Command, E extends Event, S> RegisteredAggregate<C, E, S> of(AggregateType<C, E, S> type) {
        Set<String> problems = new LinkedHashSet<>(); // events and state share some
        EventCodec<E> events = checked(problems, () -> JacksonEventCodec.of(type));
        StateCodec<S> states = type.snapshotEvery() > 0 ? checked(problems, () -> JacksonStateCodec.of(type)) : null;
        Map<String, Class<?>> commands = checked(problems, () -> commandsOf(type.commandClass()));
        if (events == null || commands == null || !problems.isEmpty()) {
            throw new InvalidDomainException(List.copyOf(problems));
        }
        return new RegisteredAggregate<>(type, events, states, commands, null, event -> null);
    }

    /** The same, of which somebody is told the states of all instances. */
    public RegisteredAggregate<C, E, S> tellingStatesTo(StateListener<S> stateListener) {
        return new RegisteredAggregate<>(type, events, states, commands, stateListener, rule);
    }

    /** The same, of which an event is stored only where a rule does not say why not. */
    public RegisteredAggregate<C, E, S> storingBy(Function<E, @Nullable String> storing) {
        return new RegisteredAggregate<>(type, events, states, commands, listener, storing);
    }

    /** Why one of the events must not be stored now; null where all may. */
    @Nullable String refusal(List<E> chosen) {
        return chosen.stream().map(rule).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** The same, with another codec of the same forms. */
    public RegisteredAggregate<C, E, S> codedBy(EventCodec<E> codec) {
        return new RegisteredAggregate<>(type, codec, states, commands, listener, rule);
    }

    /** A part that is fine; null where it is not, and then its problems are added. */
    private static <T> @Nullable T checked(Set<String> problems, Supplier<T> part) {
        try {
            return part.get();
        } catch (InvalidDomainException invalid) {
            problems.addAll(invalid.problems());
            return null;
        }
    }

    private static Map<String, Class<?>> commandsOf(Class<?> root) {
        List<String> problems = new ArrayList<>();
        Map<String, Class<?>> byName = new LinkedHashMap<>();
        for (Class<?> command : SealedCases.of(root)) {
            if (!Modifier.isFinal(command.getModifiers())) {
                problems.add(command.getName() + " must be a record, or " + root.getName()
                        + " sealed, so that all commands are known");
            }
            Class<?> other = byName.putIfAbsent(command.getSimpleName(), command);
            if (other != null) {
                problems.add(command.getName() + " and " + other.getName()
                        + " have the same simple name, by which they travel between nodes");
            }
            problems.addAll(JsonTypes.problems(command));
        }
        if (!problems.isEmpty()) {
            throw new InvalidDomainException(problems);
        }
        return byName;
    }

    /** Whether a stored record is an event of a newer version, which is read by ignoring what is unknown. */
    boolean ignoresPartOf(Envelope envelope) {
        return envelope.isEvent() && events.versions()
                .ignoresPartOf(new StoredVersion(envelope.eventType(), envelope.eventVersion()));
    }

    /** Identifies what this code knows of events. */
    String code() {
        return JsonSchemas.fingerprint(JsonSchemas.of(type));
    }

    /** Whether another one has the same commands, events and state. */
    public boolean hasClassesOf(RegisteredAggregate<?, ?, ?> other) {
        return type.commandClass().equals(other.type.commandClass())
                && type.eventClass().equals(other.type.eventClass())
                && type.stateClass().equals(other.type.stateClass());
    }

    /**
     * The events of a stored record: one, unless it only remembers a command, or an upcaster makes none or several of
     * it.
     */
    List<E> eventsOf(Envelope envelope) {
        return envelope.isEvent()
                ? events.decode(
                        new EncodedEvent(envelope.eventType(), envelope.eventVersion(), envelope.payload().bytes()))
                : List.of();
    }
}
