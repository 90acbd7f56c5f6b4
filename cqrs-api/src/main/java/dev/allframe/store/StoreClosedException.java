package dev.allframe.store;

/** The store was closed. */
public final class StoreClosedException extends EventStoreException {

    public StoreClosedException(String storeId) {
        super("store " + storeId + " is closed");
    }
}
