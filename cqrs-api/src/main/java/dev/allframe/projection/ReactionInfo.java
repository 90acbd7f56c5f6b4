package dev.allframe.projection;

import dev.allframe.store.EventMetadata;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.time.Instant;

/**
 * What a reaction knows of an event besides its contents.
 *
 * @param stream the stream of the instance that it belongs to
 * @param sequenceNr its number in that stream; the same for all that an upcaster makes of one stored event
 * @param part counts what an upcaster makes of one stored event, from 1; 1 where it makes one event of it
 * @param position its place in the order of the store
 * @param metadata time, causes, the caller's headers
 */
public record ReactionInfo(StreamId stream, long sequenceNr, int part, Position position, EventMetadata metadata) {

    /** The id of the instance. */
    public String id() {
        return stream.entityId();
    }

    /** When the event was decided, on the deciding node's clock. */
    public Instant timestamp() {
        return metadata.timestamp();
    }

    /**
     * The same for every call for one event, and for no other event of the store: {@code account|acc-1#7}. What an
     * upcaster makes of one stored event besides the first has its part behind: {@code account|acc-1#7.2}.
     */
    public String idempotencyKey() {
        return stream + "#" + sequenceNr + (part == 1 ? "" : "." + part);
    }
}
