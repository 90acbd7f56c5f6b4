package dev.allframe.codec;

/**
 * Writes the states of one aggregate as bytes under a stored name, and reads them back. Stateless and thread-safe.
 *
 * @param <S> the state
 */
public interface StateCodec<S> {

    /** The stored name of the state, {@code account.state}. */
    String type();

    /** The stored version of the state's shape. */
    int version();

    /**
     * The stored form of a state.
     *
     * @throws CodecException if the state cannot be written
     */
    byte[] encode(S state);

    /**
     * The state of a stored form.
     *
     * @throws UnknownStoredTypeException if today's state has another name or version
     * @throws CodecException if the bytes do not fit the class
     */
    S decode(String type, int version, byte[] bytes);
}
