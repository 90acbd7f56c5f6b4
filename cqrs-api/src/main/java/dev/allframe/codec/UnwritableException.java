package dev.allframe.codec;

import org.jspecify.annotations.Nullable;

/**
 * An object cannot be stored or sent: it is larger than a limit, or what would be written could not be read again.
 * Nothing was written. As the outcome of a command it is {@link dev.allframe.command.CommandError.Unwritable}.
 */
public final class UnwritableException extends CodecException {

    public UnwritableException(String message) {
        this(message, null);
    }

    public UnwritableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
