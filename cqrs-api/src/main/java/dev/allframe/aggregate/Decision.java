package dev.allframe.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What an aggregate answers to a command. Made by the static factories, which are meant to be imported.
 *
 * @param <E> the events of the aggregate
 */
public sealed interface Decision<E extends Event> {

    /**
     * The events are stored together or not at all, in this order.
     *
     * @param events one or more
     */
    record Persist<E extends Event>(List<E> events) implements Decision<E> {
        public Persist {
            events.forEach(event -> Objects.requireNonNull(event, "a null is among the events to persist"));
            events = List.copyOf(events);
            if (events.isEmpty()) {
                throw new IllegalArgumentException(
                        "persist needs at least one event; a command without effect answers noChange()");
            }
        }
    }

    /**
     * Nothing is stored and the caller is told why.
     *
     * @param refusal the reason
     */
    record Refuse<E extends Event>(Refusal refusal) implements Decision<E> {
        public Refuse {
            Objects.requireNonNull(refusal, "refusal");
        }
    }

    /** Nothing is stored and the command counts as accepted: what it asks for is already so. */
    record NoChange<E extends Event>() implements Decision<E> {}

    /** Stores the events in this order. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    static <E extends Event> Decision<E> persist(E first, E... more) {
        return new Persist<>(Stream.concat(Stream.of(first), Arrays.stream(more)).toList());
    }

    /** Stores the events in this order; an empty list is a {@link #noChange()}. */
    static <E extends Event> Decision<E> persist(List<? extends E> events) {
        return events.isEmpty() ? noChange() : new Persist<>(new ArrayList<>(events));
    }

    /** Says no, with a stable code. */
    static <E extends Event> Decision<E> refuse(String code) {
        return refuse(code, "", Map.of());
    }

    /** Says no, with a stable code and a sentence for people. */
    static <E extends Event> Decision<E> refuse(String code, String message) {
        return refuse(code, message, Map.of());
    }

    /** Says no, with a stable code and facts; each fact is kept as its {@code toString()}. */
    static <E extends Event> Decision<E> refuse(String code, Map<String, ?> details) {
        return refuse(code, "", details);
    }

    /** Says no, with a stable code, a sentence for people and facts; each fact is kept as its {@code toString()}. */
    static <E extends Event> Decision<E> refuse(String code, String message, Map<String, ?> details) {
        Map<String, String> text = new LinkedHashMap<>();
        details.forEach((name, value) -> text.put(name, String.valueOf(value)));
        return new Refuse<>(new Refusal(code, message, text));
    }

    /** Accepts the command without storing anything. */
    static <E extends Event> Decision<E> noChange() {
        return new NoChange<>();
    }
}
