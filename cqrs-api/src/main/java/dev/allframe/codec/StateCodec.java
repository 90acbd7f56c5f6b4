package dev.allframe.codec;

import dev.allframe.evolution.VersionRegistry;

/**
 * Writes the states of one aggregate as bytes under a stored name, and reads them back. Stateless and thread-safe.
 *
 * @param <S> the state
 */
public interface StateCodec<S> {

    /**
     * The stored form of a state.
     *
     * @throws CodecException if the state cannot be written
     */
    EncodedState encode(S state);

    /**
     * The state of a stored form of today, or of an old one that can be brought to today's.
     *
     * @throws OutdatedStateException if it has another name, version or shape, and cannot be brought to today's
     * @throws CodecException if it has today's, and does not fit the class all the same
     */
    S decode(EncodedState stored);

    /** The names and versions that {@link #decode} reads. */
    VersionRegistry versions();
}
