package dev.allframe.codec;

import java.util.List;

/** The classes of an aggregate cannot be stored as they are; found at start, before anything is written. */
public final class InvalidDomainException extends RuntimeException {

    public InvalidDomainException(List<String> problems) {
        super(String.join("; ", problems));
    }
}
