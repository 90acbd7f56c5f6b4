package dev.allframe.store;

/** Something that goes on until it is closed. Closing twice does nothing. */
public interface Registration extends AutoCloseable {

    @Override
    void close();
}
