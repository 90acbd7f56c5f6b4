package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.store.StoreFailedException;

/** The disk failed under a generation, which takes nothing until it was closed and opened again. */
final class BrokenTablesException extends RuntimeException {

    BrokenTablesException(long generation, StoreFailedException cause) {
        super("generation " + generation + " takes nothing until it is opened again: " + Failures.message(cause),
                cause);
    }
}
