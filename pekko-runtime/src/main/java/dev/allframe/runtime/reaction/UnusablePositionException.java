package dev.allframe.runtime.reaction;

/** Where a reaction stands is not known in this store: the message says why, and how it goes on. */
final class UnusablePositionException extends RuntimeException {

    UnusablePositionException(String message) {
        super(message);
    }

    UnusablePositionException(String message, Throwable cause) {
        super(message, cause);
    }
}
