package dev.allframe.store;

/**
 * A position was given to a store that did not give it out. Begin at {@link Position#START} or keep positions apart by
 * store.
 */
public final class ForeignPositionException extends EventStoreException {

    public ForeignPositionException(Position position, String storeId) {
        super("position " + position + " does not belong to store " + storeId);
    }
}
