package dev.allframe.journal.allsource.engine.io;

import java.io.IOException;

/** There is no room on the disk. What was written before is unharmed. */
public final class NoSpaceException extends IOException {

    public NoSpaceException(String message, Throwable cause) {
        super(message, cause);
    }
}
