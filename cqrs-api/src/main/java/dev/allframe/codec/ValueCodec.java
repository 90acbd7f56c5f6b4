package dev.allframe.codec;

import dev.allframe.evolution.VersionRegistry;

/**
 * Turns the values of one class into their stored form, and stored forms of today and of older versions into values.
 * Stateless and thread-safe.
 *
 * @param <T> the values
 */
public interface ValueCodec<T> {

    /**
     * The stored form of a value.
     *
     * @throws CodecException if the value cannot be written
     */
    StoredValue encode(T value);

    /**
     * The value of a stored form of today, or of an old one that can be brought to today's.
     *
     * @throws UnknownStoredTypeException if the class of today has another name or version, and no upcaster leads to it
     * @throws CodecException if the contents do not fit their class, or an upcaster fails
     */
    T decode(StoredValue stored);

    /** The names and versions that {@link #decode} reads. */
    VersionRegistry versions();

    /** Identifies the names and types of the components of values of today, and of theirs. */
    String shape();
}
