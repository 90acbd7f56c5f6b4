package dev.allframe.codec;

import org.jspecify.annotations.Nullable;

/** Something cannot be written as or read from its stored form. */
public class CodecException extends RuntimeException {

    public CodecException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
