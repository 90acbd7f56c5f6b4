package dev.allframe.journal.allsource.engine.io;

import dev.allframe.failure.Failures;
import java.io.IOException;

/** There is no room on the disk. What was written before is unharmed. */
public final class NoSpaceException extends IOException {

    public NoSpaceException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The same failure, as this class where the system says that there is no room. */
    public static IOException where(IOException failure) {
        String message = Failures.message(failure);
        boolean full = message.contains("No space left on device") || message.contains("Disk quota exceeded");
        return full && !(failure instanceof NoSpaceException) ? new NoSpaceException(message, failure) : failure;
    }
}
