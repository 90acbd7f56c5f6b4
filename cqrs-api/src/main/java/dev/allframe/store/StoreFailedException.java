package dev.allframe.store;

/**
 * The store's disk failed while something was written. What was under way has an unknown outcome; the store takes no
 * further change until it is opened anew, because a disk that failed to keep data once may claim success the next time.
 * Reads go on.
 */
public final class StoreFailedException extends EventStoreException {

    public StoreFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
