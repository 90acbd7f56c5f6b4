package dev.allframe.runtime.aggregate;

import dev.allframe.codec.CodecException;
import java.io.NotSerializableException;

/**
 * What is to be made of a failure: of users' code, which brings down its own command alone; of reading what is stored.
 */
final class Defects {

    private Defects() {}

    /**
     * Anything but what says that this process cannot go on.
     *
     * @return what was given
     * @throws VirtualMachineError if that is what was given, unless it is an overflow of the stack, which has ended
     *         with the call
     */
    static Throwable survived(Throwable thrown) {
        if (thrown instanceof VirtualMachineError error && !(thrown instanceof StackOverflowError)) {
            throw error;
        }
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return thrown;
    }

    /** Whether what is stored will not be read by this code, however often it is tried. */
    static boolean isUnreadable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CodecException || cause instanceof NotSerializableException) {
                return true;
            }
        }
        return false;
    }
}
