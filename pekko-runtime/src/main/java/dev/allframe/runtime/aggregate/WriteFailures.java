package dev.allframe.runtime.aggregate;

import dev.allframe.command.CommandError;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.store.AppendTooLargeException;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StoreOverloadedException;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.io.NotSerializableException;
import java.sql.SQLException;
import java.util.Set;
import org.apache.pekko.pattern.CircuitBreakerOpenException;
import org.jspecify.annotations.Nullable;

/**
 * What a failed write means for the command whose records were written. Only failures of which it is certain that they
 * come before anything is stored are answered as "not executed".
 */
final class WriteFailures {

    /**
     * SQL states for a row whose key is taken: the one of the standard's class 23 for unique keys, and the one that
     * databases give for any constraint.
     */
    private static final Set<String> KEY_IS_TAKEN = Set.of("23505", "23000");

    private WriteFailures() {}

    /** The journal refused the records before it stored any, such as those that it cannot serialize. */
    static final class RejectedException extends RuntimeException {
        RejectedException(Throwable reason) {
            super("the journal rejected the records: " + Failures.description(reason), reason);
        }
    }

    /**
     * The error for the caller.
     *
     * @param ours whether the journal stands on a storage of ours, which keeps the contract of an appender
     */
    static CommandError of(StreamId stream, Throwable failure, Execute execute, boolean ours) {
        for (Throwable cause : Failures.chain(failure)) {
            CommandError known = known(stream, cause, ours);
            if (known != null) {
                return known;
            }
        }
        return CommandError.StorageUnavailable.unknown(words(stream, failure), execute.isRecognised());
    }

    private static @Nullable CommandError known(StreamId stream, Throwable cause, boolean ours) {
        return switch (cause) {
            case VersionConflictException conflict -> new CommandError.AnotherWriter(anotherWriter(stream, conflict));
            case SQLException sql when isTaken(sql) -> new CommandError.AnotherWriter("stream=" + stream
                    + ": another writer has stored records of this instance, or of one whose records were written with"
                    + " it; nothing was stored, and the instance is loaded again");
            case RecordTooLargeException large -> new CommandError.Unwritable(words(stream, large));
            case AppendTooLargeException large -> new CommandError.Unwritable(words(stream, large));
            case RejectedException rejected ->
                new CommandError.Unwritable("stream=" + stream + ": " + Failures.message(rejected));
            case NotSerializableException unknown -> new CommandError.Unwritable(words(stream, unknown));
            case IllegalArgumentException unfit when ours -> new CommandError.Unwritable(words(stream, unfit));
            case StoreFullException full -> CommandError.StorageUnavailable.notExecuted(words(stream, full));
            case StoreOverloadedException full -> CommandError.StorageUnavailable.notExecuted(words(stream, full));
            case StoreClosedException closed -> CommandError.StorageUnavailable.notExecuted(words(stream, closed));
            case CircuitBreakerOpenException open -> CommandError.StorageUnavailable.notExecuted("stream=" + stream
                    + ": the journal's circuit breaker is open after several failures, and lets nothing through for "
                    + open.remainingDuration());
            default -> null;
        };
    }

    /** A database has a row with the same stream and sequence number, and rolls the whole write back. */
    private static boolean isTaken(SQLException failure) {
        for (Throwable part : failure) { // a batch names the row that failed in the next exception
            if (part instanceof SQLException sql && KEY_IS_TAKEN.contains(String.valueOf(sql.getSQLState()))) {
                return true;
            }
        }
        return false;
    }

    private static String anotherWriter(StreamId stream, VersionConflictException conflict) {
        return "stream=" + stream + ": another writer has stored records of this instance, expected="
                + conflict.expected() + " actual=" + conflict.actual()
                + "; nothing was stored, and the instance is loaded again";
    }

    private static String words(StreamId stream, Throwable failure) {
        return "stream=" + stream + " was not written: " + Failures.description(failure);
    }
}
