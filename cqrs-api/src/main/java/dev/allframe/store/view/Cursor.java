package dev.allframe.store.view;

/** Walks over entries. Begins before the first. For one thread. Closing twice does nothing. */
public interface Cursor extends AutoCloseable {

    /** Goes to the next entry; false where there is none. */
    boolean next();

    /** The key of the entry that {@link #next} went to. */
    byte[] key();

    /** Its value. */
    byte[] value();

    @Override
    void close();
}
