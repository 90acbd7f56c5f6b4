package dev.allframe.codec;

import java.util.List;

/** The classes of an aggregate cannot be stored as they are; found at start, before anything is written. */
public final class InvalidDomainException extends RuntimeException {

    private final transient List<String> problems;

    public InvalidDomainException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** Everything that was found, each in a sentence. */
    public List<String> problems() {
        return problems;
    }
}
