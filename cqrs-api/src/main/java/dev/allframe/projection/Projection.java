package dev.allframe.projection;

import dev.allframe.aggregate.Event;

/**
 * What an event means for the rows of a view: usually an exhaustive {@code switch} over the events of one aggregate.
 * Pure: the same event gives the same changes, whenever and however often it is asked; no clock, no other data, no
 * effect. Called by any thread. What it throws is a failure of the view, and is not tried again.
 *
 * @param <E> the events of the aggregate
 * @param <K> the keys of the rows
 * @param <R> the rows
 */
@FunctionalInterface
public interface Projection<E extends Event, K, R> {

    /** The changes that an event makes; {@link Change#none()} where it makes none. */
    Change<K, R> changes(E event, EventInfo info);
}
