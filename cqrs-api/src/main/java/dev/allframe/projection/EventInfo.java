package dev.allframe.projection;

import dev.allframe.store.EventMetadata;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.time.Instant;

/**
 * What is known of an event besides its contents.
 *
 * @param stream the stream of the instance that it belongs to
 * @param sequenceNr its number in that stream; the same for all that an upcaster makes of one stored event
 * @param position its place in the order of the store; likewise
 * @param metadata time, causes, the caller's headers
 */
public record EventInfo(StreamId stream, long sequenceNr, Position position, EventMetadata metadata) {

    /** The id of the instance. */
    public String id() {
        return stream.entityId();
    }

    /** When the event was decided, on the deciding node's clock. */
    public Instant timestamp() {
        return metadata.timestamp();
    }
}
