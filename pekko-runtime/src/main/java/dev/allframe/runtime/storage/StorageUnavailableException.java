package dev.allframe.runtime.storage;

/**
 * The storage failed or did not answer: an outage, such as a database that is down. The message names the cause. Where
 * AllFrame was starting, nothing is hosted and no event was stored; starting again is safe and may succeed, on a new
 * actor system where the old one was ended. Where it was asked later, asking again is safe.
 */
public final class StorageUnavailableException extends RuntimeException {

    public StorageUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
