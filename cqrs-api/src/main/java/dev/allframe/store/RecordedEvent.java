package dev.allframe.store;

import dev.allframe.aggregate.Event;

/**
 * An event that was read from a store.
 *
 * @param stream the stream of the instance that it belongs to
 * @param sequenceNr its number in the instance's stream; the same for all that an upcaster makes of one stored event
 * @param position its place in the order of the store; likewise
 * @param metadata time, causes, headers
 * @param event the event
 */
public record RecordedEvent<E extends Event>(StreamId stream, long sequenceNr, Position position,
        EventMetadata metadata,
        E event) {

    /** The instance that it belongs to. */
    public String id() {
        return stream.entityId();
    }
}
