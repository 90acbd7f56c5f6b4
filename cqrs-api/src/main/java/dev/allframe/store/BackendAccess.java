package dev.allframe.store;

/**
 * Implemented by whatever wraps a backend, such as the read journals of our Pekko plugins, so that the same data can be
 * used without it.
 */
public interface BackendAccess {

    /** The backend. It belongs to the wrapper: whoever gets it must not close it. */
    EventStoreBackend backend();
}
