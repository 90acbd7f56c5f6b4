package dev.allframe.journal.allsource.engine.log;

/** Bytes that cannot be what {@link ByteWriter} wrote. */
public final class MalformedBytesException extends RuntimeException {

    public MalformedBytesException(String message) {
        super(message);
    }
}
