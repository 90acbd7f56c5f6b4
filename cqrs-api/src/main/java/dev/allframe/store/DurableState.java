package dev.allframe.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The last change of a durable state: one value for an id, without history.
 *
 * @param id whose state
 * @param revision counts the changes, from 1; a delete is a change too
 * @param position the place of the change in the order of the store's state changes
 * @param timestamp when it was changed; kept to the millisecond
 * @param payload the value; null after a delete
 * @param tag the tag under which changes can be found; empty for none; a delete keeps it
 */
public record DurableState(StreamId id, long revision, Position position, Instant timestamp, @Nullable Payload payload,
        String tag) {

    /** Whether the state was deleted. */
    public boolean deleted() {
        return payload == null;
    }
}
