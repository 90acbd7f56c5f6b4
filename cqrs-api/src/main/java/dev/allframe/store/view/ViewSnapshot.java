package dev.allframe.store.view;

/** The tables of a generation at one moment: after a batch and before the next. Closing twice does nothing. */
public interface ViewSnapshot extends ViewReads, AutoCloseable {

    @Override
    void close();
}
