package dev.allframe.store;

import dev.allframe.aggregate.Texts;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an event besides its contents.
 *
 * @param timestamp when it was decided, on the deciding node's clock; kept to the millisecond, which must fit a long
 * @param commandId the id of the command that led to it, where the caller gave one
 * @param correlationId what it belongs to: a request, a conversation, a saga
 * @param causationId the message that led to the command
 * @param headers free metadata of the caller
 */
public record EventMetadata(Instant timestamp, @Nullable String commandId, @Nullable String correlationId,
        @Nullable String causationId,
        Map<String, String> headers) {

    public EventMetadata {
        timestamp = Times.toMillis(timestamp);
        headers = Map.copyOf(headers);
        mustBeStorable(commandId, correlationId, causationId, headers);
    }

    /**
     * Refuses texts that would be read as others.
     *
     * @throws IllegalArgumentException if one has an unpaired surrogate
     */
    public static void mustBeStorable(@Nullable String commandId, @Nullable String correlationId,
            @Nullable String causationId, Map<String, String> headers) {
        storable("a command id", commandId);
        storable("a correlation id", correlationId);
        storable("a causation id", causationId);
        headers.forEach((name, value) -> {
            Texts.storable("the name of a header", name);
            Texts.storable("a header", value);
        });
    }

    private static void storable(String what, @Nullable String text) {
        if (text != null) {
            Texts.storable(what, text);
        }
    }

    /** Metadata with nothing but a time. */
    public static EventMetadata at(Instant timestamp) {
        return new EventMetadata(timestamp, null, null, null, Map.of());
    }
}
