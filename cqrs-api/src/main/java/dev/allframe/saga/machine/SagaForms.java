package dev.allframe.saga.machine;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.StoredValue;
import dev.allframe.evolution.VersionRegistry;
import java.util.List;

/**
 * How the values of one saga are stored. Thread-safe.
 *
 * @param <T> the context of the saga
 */
public interface SagaForms<T> {

    /**
     * The stored form of a context.
     *
     * @throws dev.allframe.codec.CodecException if it cannot be written
     */
    StoredValue write(T context);

    /**
     * The context of a stored form.
     *
     * @throws dev.allframe.codec.CodecException if this code cannot read it
     */
    T context(StoredValue stored);

    /** The stored names and versions of contexts that {@link #context} reads. */
    VersionRegistry contexts();

    /** The stored form of what a call has answered. */
    <O> StoredValue writeAnswer(Class<O> type, O answer);

    /** What a call has answered. */
    <O> O answer(Class<O> type, StoredValue stored);

    /** The stored form of an event. */
    <E extends Event> StoredValue writeEvent(AggregateType<?, E, ?> type, E event);

    /** The events that a stored event is today: several, or none, where an upcaster has made them. */
    <E extends Event> List<E> events(AggregateType<?, E, ?> type, StoredValue stored);
}
