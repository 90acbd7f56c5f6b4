package dev.allframe.runtime.storage;

/**
 * The storage failed or did not answer while AllFrame started: an outage, such as a database that is down. The message
 * names the cause. Nothing is hosted and no event was stored; starting again is safe and may succeed, on a new actor
 * system where the old one was ended.
 */
public final class StorageUnavailableException extends RuntimeException {

    public StorageUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
