package dev.allframe.store;

/** Another owner has the store open; the message says who. */
public final class StoreLockedException extends EventStoreException {

    public StoreLockedException(String message) {
        super(message);
    }
}
