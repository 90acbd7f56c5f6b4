package dev.allframe.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Serialized contents: which serializer wrote them, what it calls their shape, and the bytes. The array is neither
 * copied nor may it be changed by anyone who has passed or received it.
 *
 * @param serializerId {@link #JSON_TEXT}, or the id of a Pekko serializer
 * @param manifest the serializer's own name of the shape; empty for JSON text
 * @param bytes the contents
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode compare the contents
public record Payload(int serializerId, String manifest, byte[] bytes) {

    public Payload {
        Objects.requireNonNull(manifest, "manifest");
        Objects.requireNonNull(bytes, "bytes");
    }

    /**
     * JSON text in UTF-8, whose shape is the event type and version of its envelope. Also the id of the runtime's
     * envelope serializer.
     */
    public static final int JSON_TEXT = 46_001;

    /** JSON text in UTF-8. */
    public static Payload json(byte[] utf8) {
        return new Payload(JSON_TEXT, "", utf8);
    }

    /** Whether these are JSON text, readable without any serializer. */
    public boolean isJson() {
        return serializerId == JSON_TEXT;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload(var id, var name, var contents) && id == serializerId && name.equals(manifest)
                && Arrays.equals(contents, bytes);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * serializerId + manifest.hashCode()) + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return isJson()
                ? new String(bytes, StandardCharsets.UTF_8)
                : "Payload[" + serializerId + ", " + manifest + ", " + bytes.length + " bytes]";
    }
}
