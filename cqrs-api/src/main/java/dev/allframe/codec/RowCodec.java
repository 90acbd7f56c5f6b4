package dev.allframe.codec;

/**
 * Writes the rows of one view as bytes, and reads them back. Stateless and thread-safe.
 *
 * @param <R> the rows
 */
public interface RowCodec<R> {

    /**
     * The stored form of a row.
     *
     * @throws CodecException if the row cannot be written
     */
    byte[] encode(R row);

    /**
     * The row of a stored form of {@link #schema()}.
     *
     * @throws CodecException if the bytes do not fit the class
     */
    R decode(byte[] stored);

    /** Identifies what rows look like: another text means that stored rows are not read by this codec. */
    String schema();
}
