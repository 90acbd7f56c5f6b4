package dev.allframe.store;

/** There is no room for the records. Nothing was stored and nothing was dropped to make room; reads go on. */
public final class StoreFullException extends EventStoreException {

    public StoreFullException(String message) {
        super(message);
    }
}
