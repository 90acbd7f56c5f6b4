package dev.allframe.runtime.aggregate;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.UnwritableException;
import dev.allframe.command.CommandError;
import dev.allframe.failure.Failures;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StreamId;
import dev.allframe.store.UnsupportedFormatException;
import java.io.NotSerializableException;
import org.slf4j.Logger;

/** What is to be made of a failure of users' code, and of reading stored records. */
final class Defects {

    private Defects() {}

    /** What the caller of a command is told, of which users' code, or an object of theirs, has thrown. */
    static CommandError errorOf(StreamId stream, Throwable defect) {
        for (Throwable cause : Failures.chain(defect)) {
            if (cause instanceof UnwritableException) {
                return new CommandError.Unwritable("stream=" + stream + ": " + Failures.message(cause));
            }
        }
        return new CommandError.HandlerFailed(Failures.description(defect));
    }

    /** Logs a defect, whose message may be made by users' code that throws again. */
    static void log(Logger log, String what, Throwable defect) {
        try {
            log.error(what, defect);
        } catch (Throwable unprintable) {
            log.error("{}: {}", what, Failures.description(defect));
        }
    }

    /** Whether stored records will not be read by this code, however often it is tried. */
    static boolean isUnreadable(Throwable failure) {
        return Failures.chain(failure)
                .stream()
                .anyMatch(cause -> cause instanceof CodecException || cause instanceof NotSerializableException
                        || cause instanceof CorruptStoreException || cause instanceof UnsupportedFormatException);
    }

    /**
     * Whether a failure says nothing about the code that it came from: the process was short of memory at that moment,
     * or ends. Reading the same record may succeed the next time.
     */
    static boolean isOfTheMoment(Throwable failure) {
        return (failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError))
                || failure instanceof InterruptedException;
    }

    /**
     * Passes on a failure of the moment, as one that Pekko does not end the process for: the recovery fails and is
     * tried again.
     *
     * @return the failure, if it is none of the moment
     */
    static Throwable ofTheRecord(Throwable failure) {
        if (isOfTheMoment(failure)) {
            throw new IllegalStateException("a stored record was not read: " + Failures.description(failure), failure);
        }
        return failure;
    }
}
