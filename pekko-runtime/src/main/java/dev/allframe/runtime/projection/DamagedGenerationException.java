package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;

/** A generation of a view cannot be read; the events can. */
final class DamagedGenerationException extends RuntimeException {

    private final long generation;

    DamagedGenerationException(long generation, Throwable cause) {
        super("generation " + generation + " is damaged: " + Failures.message(cause), cause);
        this.generation = generation;
    }

    long generation() {
        return generation;
    }
}
