package dev.allframe.codec;

import org.jspecify.annotations.Nullable;

/**
 * A stored state is not of today's shape, and nothing brings it there: it is to be discarded, and made again from the
 * events.
 */
public final class OutdatedStateException extends CodecException {

    public OutdatedStateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
