package dev.allframe.store;

/**
 * So much waits for the store already that it takes nothing more at the moment. Nothing was stored, and nothing that
 * waits was dropped; the same call may be repeated a little later.
 */
public final class StoreOverloadedException extends EventStoreException {

    public StoreOverloadedException(String message) {
        super(message);
    }
}
