package dev.allframe.store;

/** Stored bytes are not what was written. Nothing was changed or deleted; the message names file and offset. */
public final class CorruptStoreException extends EventStoreException {

    public CorruptStoreException(String message) {
        super(message);
    }

    public CorruptStoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Damage at a place in a file. */
    public static CorruptStoreException at(Object file, long offset, String what) {
        return new CorruptStoreException("file=" + file + " offset=" + offset + ": " + what);
    }
}
