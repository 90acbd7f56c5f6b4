package dev.allframe.store;

import dev.allframe.aggregate.Texts;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One record as it is stored: version 1 of the envelope. All storages keep these parts; those of our own keep them
 * apart, so that other tools can read and query them.
 *
 * <p>A record without an event, of the reserved type {@link #COMMAND_ONLY}, remembers a command that changed nothing.
 * It takes a sequence number and is hidden from everyone who reads events.
 *
 * @param eventType the stored name, {@code account.deposited}; for a payload of a foreign serializer its manifest
 * @param eventVersion the stored version of the shape, 1 or more
 * @param payload the contents
 * @param tags the names under which it can be found
 * @param metadata time, causes, the caller's headers
 * @param command the command that led to it, on the command's first record alone; null on all others
 * @param adapterManifest the manifest of a Pekko event adapter; empty without one
 * @param adapterMetadata opaque metadata of a Pekko persistent actor; null without any
 */
public record Envelope(String eventType, int eventVersion, Payload payload, Set<String> tags, EventMetadata metadata,
        @Nullable CommandRecord command, String adapterManifest, @Nullable Payload adapterMetadata) {

    /** The version of this layout, written by every storage that keeps an envelope whole. */
    public static final int FORMAT_VERSION = 1;

    /** The type of a record without an event. */
    public static final String COMMAND_ONLY = "allframe.command";

    public Envelope {
        if (eventVersion < 1) {
            throw new IllegalArgumentException("an event version is 1 or more, not " + eventVersion);
        }
        Objects.requireNonNull(eventType, "eventType");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(adapterManifest, "adapterManifest");
        tags = Set.copyOf(tags);
        tags.forEach(tag -> Texts.storable("a tag", tag));
    }

    /** An event of the runtime. */
    public static Envelope of(String eventType, int eventVersion, Payload payload, Set<String> tags,
            EventMetadata metadata,
            @Nullable CommandRecord command) {
        return new Envelope(eventType, eventVersion, payload, tags, metadata, command, "", null);
    }

    /** Whether this is an event, and not only the memory of a command. */
    public boolean isEvent() {
        return !eventType.equals(COMMAND_ONLY);
    }
}
