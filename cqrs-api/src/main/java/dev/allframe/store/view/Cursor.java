package dev.allframe.store.view;

/**
 * Walks over entries. Begins before the first. For one thread. Closing twice does nothing.
 *
 * <p>A walk that the end of the tables cuts short throws {@link dev.allframe.store.StoreClosedException}: it never
 * looks like a complete one.
 */
public interface Cursor extends AutoCloseable {

    /** Goes to the next entry; false where there is none, and after {@link #close()}. */
    boolean next();

    /**
     * The key of the entry that {@link #next} went to.
     *
     * @throws java.util.NoSuchElementException where it went to none
     */
    byte[] key();

    /** Its value. */
    byte[] value();

    @Override
    void close();
}
