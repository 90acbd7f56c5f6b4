package dev.allframe.store;

/**
 * The id of a stream of events. For an aggregate it is {@code <aggregate name>|<instance id>}; other users of a store
 * may name streams as they like.
 *
 * @param value any text that is not empty, compared char by char, without normalisation
 */
public record StreamId(String value) implements Comparable<StreamId> {

    /** Streams are cut into this many slices, by the hash of their id. */
    public static final int SLICES = 1024;

    private static final char SEPARATOR = '|';

    public StreamId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a stream id must not be empty");
        }
    }

    /**
     * The stream of one instance.
     *
     * @throws IllegalArgumentException if either part is empty or contains {@code |}
     */
    public static StreamId of(String entityType, String entityId) {
        return new StreamId(part("aggregate name", entityType) + SEPARATOR + part("instance id", entityId));
    }

    private static String part(String what, String text) {
        if (text.isEmpty() || text.indexOf(SEPARATOR) >= 0) {
            throw new IllegalArgumentException(what + " '" + text + "' must not be empty and must not contain '|'");
        }
        return text;
    }

    /** What stands before the first {@code |}; empty where there is none. */
    public String entityType() {
        int end = value.indexOf(SEPARATOR);
        return end < 0 ? "" : value.substring(0, end);
    }

    /** What stands after the first {@code |}; everything where there is none. */
    public String entityId() {
        return value.substring(value.indexOf(SEPARATOR) + 1);
    }

    /** The slice of this stream, 0 to 1023, as Pekko computes it. */
    public int slice() {
        return Math.abs(value.hashCode() % SLICES);
    }

    /** By UTF-16 code units, as {@link String#compareTo}. */
    @Override
    public int compareTo(StreamId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
