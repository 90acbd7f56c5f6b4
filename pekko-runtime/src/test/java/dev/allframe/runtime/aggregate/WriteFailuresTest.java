package dev.allframe.runtime.aggregate;

import static dev.allframe.command.CommandError.Execution.NOT_EXECUTED;
import static dev.allframe.command.CommandError.Execution.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.aggregate.Command;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandError.Execution;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.store.AppendTooLargeException;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StoreOverloadedException;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.pattern.CircuitBreakerOpenException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import scala.concurrent.duration.FiniteDuration;

/** For each way in which a write fails: was the command executed, and may it be sent again? */
final class WriteFailuresTest {

    private static final StreamId STREAM = StreamId.of("wallet", "w");

    /** How a command can be sent. */
    private enum Sent {
        WITHOUT_ID, WITH_ID, WITH_ID_THAT_IS_NOT_REMEMBERED, VOIDING;

        Execute execute() {
            @Nullable String id = this == WITHOUT_ID ? null : "c-1";
            @Nullable String fingerprint = this == WITH_ID ? "print" : null;
            Command command = this == VOIDING ? VoidCommand.INSTANCE : new Command() {};
            return new Execute("wallet", "w", command, id, fingerprint, ExpectedVersion.any(), null, null, Map.of(),
                    null, Long.MAX_VALUE, TestInbox.<AggregateMessage.Reply>create().getRef());
        }

        boolean isRecognised() {
            return this == WITH_ID || this == VOIDING;
        }
    }

    private static void assertNever(Throwable failure, boolean ours) {
        assertError(failure, ours, CommandError.Unwritable.class, NOT_EXECUTED, false, false);
    }

    private static void assertLater(Throwable failure) {
        assertError(failure, false, CommandError.StorageUnavailable.class, NOT_EXECUTED, true, true);
    }

    private static void assertAnotherWriter(Throwable failure) {
        assertError(failure, false, CommandError.AnotherWriter.class, NOT_EXECUTED, true, true);
    }

    private static void assertUnknown(Throwable failure, boolean ours) {
        assertError(failure, ours, CommandError.StorageUnavailable.class, UNKNOWN, true, false);
    }

    private static void assertError(Throwable failure, boolean ours, Class<?> type, Execution execution,
            boolean retryableWhenRecognised, boolean retryableOtherwise) {
        for (Throwable wrapped : new Throwable[]{failure, new CompletionException(failure)}) {
            for (Sent sent : Sent.values()) {
                CommandError error = WriteFailures.of(STREAM, wrapped, sent.execute(), ours);
                assertThat(error).as(failure + " " + sent).isInstanceOf(type);
                assertThat(error.message()).as(failure + " " + sent).doesNotContain("dev.allframe.");
                assertThat(error.execution()).as(failure + " " + sent).isEqualTo(execution);
                assertThat(error.retryable())
                        .as(failure + " " + sent)
                        .isEqualTo(sent.isRecognised() ? retryableWhenRecognised : retryableOtherwise);
                assertThat(error.message()).startsWith("stream=wallet|w").doesNotContain("null");
            }
        }
    }

    @Test
    void records_that_no_storage_will_take_are_never_retried() {
        assertNever(new RecordTooLargeException(STREAM, 10, 5), true);
        assertNever(new RecordTooLargeException(STREAM, 10, 5), false);
        assertNever(new AppendTooLargeException(STREAM, 2, 10, 5), true);
        assertNever(new AppendTooLargeException(STREAM, 2, 10, 5), false);
        assertNever(new WriteFailures.RejectedException(new IllegalStateException()), false);
        assertNever(new NotSerializableException("com.example.Event"), false);
        assertNever(new IllegalArgumentException("an unpaired surrogate"), true);
    }

    @Test
    void a_stale_writer_has_stored_nothing_and_may_try_again() {
        assertAnotherWriter(new VersionConflictException(STREAM, ExpectedVersion.exactly(1), 2));
        assertAnotherWriter(new SQLIntegrityConstraintViolationException("Unique index", "23505", 23505));
        assertAnotherWriter(new SQLException("duplicate key value", "23505"));
        assertAnotherWriter(new SQLIntegrityConstraintViolationException("Duplicate entry", "23000", 1062));
        BatchUpdateException batch = new BatchUpdateException("Batch entry 0 was aborted", new int[0]);
        batch.setNextException(new SQLException("duplicate key value", "23505"));
        assertAnotherWriter(batch);
    }

    @Test
    void what_is_not_stored_now_may_be_later() {
        assertLater(new StoreFullException("the disk is full"));
        assertLater(new StoreClosedException("store-1"));
        assertLater(new StoreOverloadedException("so much waits"));
        assertLater(new CircuitBreakerOpenException(FiniteDuration.fromNanos(1), "open"));
    }

    @Test
    void what_nobody_knows_is_safe_to_repeat_where_it_is_recognised() {
        assertUnknown(new StoreFailedException("the disk failed", new IOException()), true);
        assertUnknown(new TimeoutException("Circuit Breaker Timed out."), false);
        assertUnknown(new SQLException("connection reset", "08006"), false);
        assertUnknown(new SQLException("a value is missing", "23502"), false);
        assertUnknown(new SQLException(), false);
        assertUnknown(new IllegalArgumentException("of a journal that promises nothing"), false);
        assertUnknown(new NullPointerException(), true);
    }
}
