package dev.allframe.store;

/** The stored data was written by a newer version than this one, or is none of ours. Nothing was changed. */
public final class UnsupportedFormatException extends EventStoreException {

    public UnsupportedFormatException(String message) {
        super(message);
    }
}
