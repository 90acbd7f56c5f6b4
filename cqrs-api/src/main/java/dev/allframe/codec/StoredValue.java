package dev.allframe.codec;

import java.util.Objects;

/**
 * A value in its stored form as a component of an event or a state, which need not know the class of the value. It is
 * stored as {@code {"type":"transfer.context","version":1,"data":{...}}}.
 *
 * @param type the stored name
 * @param version the stored version, 1 or more
 * @param data the contents
 * @see ValueCodec
 */
public record StoredValue(String type, int version, JsonObject data) {

    public StoredValue {
        if (type.isBlank() || version < 1) {
            throw new IllegalArgumentException("a stored value needs a name and a version of 1 or more, not '" + type
                    + "' and " + version);
        }
        Objects.requireNonNull(data, "data");
    }
}
