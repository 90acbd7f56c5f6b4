package dev.allframe.codec;

import dev.allframe.aggregate.Event;
import dev.allframe.evolution.VersionRegistry;
import java.util.List;

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
     * The events of a stored form, in their order: one, unless an upcaster makes none or several of it.
     *
     * @throws UnknownStoredTypeException if no class of today has this name and version, and no upcaster leads from
     *         there to one
     * @throws CodecException if the bytes do not fit their class, or an upcaster fails
     */
    List<E> decode(EncodedEvent stored);

    /** The names and versions that {@link #decode} reads. */
    VersionRegistry versions();
}
