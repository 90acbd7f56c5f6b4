package dev.allframe.store;

import java.util.List;
import java.util.Objects;

/**
 * Identifies one accepted command's last record, for queries that must have seen it. A token of another store is never
 * satisfied.
 *
 * @param storeId the store that holds the record
 * @param stream the instance
 * @param sequenceNr the record; 0 when the stream has none
 */
public record ConsistencyToken(String storeId, StreamId stream, long sequenceNr) {

    /** The token as text, in ASCII without spaces, to hand to a client; {@link #parse} reads it. */
    public String asText() {
        return TextForm.of(storeId, stream.value(), sequenceNr);
    }

    /**
     * The token whose {@link #asText} this is.
     *
     * @throws IllegalArgumentException if it is that of none
     */
    public static ConsistencyToken parse(String text) {
        List<String> parts = TextForm.parts(Objects.requireNonNull(text, "text"), 3, "token");
        try {
            ConsistencyToken token = new ConsistencyToken(parts.get(0), new StreamId(parts.get(1)),
                    Long.parseLong(parts.get(2)));
            if (token.asText().equals(text)) {
                return token;
            }
        } catch (IllegalArgumentException unfit) { // no number, no stream
            throw TextForm.refused(text, "token");
        }
        throw TextForm.refused(text, "token");
    }
}
