package dev.allframe.store;

/** What a store refuses or cannot do; one class for each reaction of the caller. */
public abstract class EventStoreException extends RuntimeException {

    protected EventStoreException(String message) {
        super(message);
    }

    protected EventStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
