package dev.allframe.codec;

import dev.allframe.aggregate.Event;

/**
 * Writes the events of one aggregate as bytes under their stored names, and reads them back. Stateless and thread-safe.
 *
 * @param <E> the events
 */
public interface EventCodec<E extends Event> {

    /**
     * The stored form of an event.
     *
     * @throws CodecException if the event cannot be written
     */
    EncodedEvent encode(E event);

    /**
     * The event of a stored form.
     *
     * @throws UnknownStoredTypeException if no class of today has this name and version
     * @throws CodecException if the bytes do not fit the class
     */
    E decode(EncodedEvent stored);
}
