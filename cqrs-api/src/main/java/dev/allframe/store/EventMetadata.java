package dev.allframe.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an event besides its contents.
 *
 * @param timestamp when it was decided, on the deciding node's clock; kept to the millisecond
 * @param commandId the id of the command that led to it, where the caller gave one
 * @param correlationId what it belongs to: a request, a conversation, a saga
 * @param causationId the message that led to the command
 * @param headers free metadata of the caller
 */
public record EventMetadata(Instant timestamp, @Nullable String commandId, @Nullable String correlationId,
        @Nullable String causationId,
        Map<String, String> headers) {

    public EventMetadata {
        timestamp = Instant.ofEpochMilli(timestamp.toEpochMilli());
        headers = Map.copyOf(headers);
    }

    /** Metadata with nothing but a time. */
    public static EventMetadata at(Instant timestamp) {
        return new EventMetadata(timestamp, null, null, null, Map.of());
    }
}
