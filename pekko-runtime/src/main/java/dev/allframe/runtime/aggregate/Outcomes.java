package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Refusal;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.Envelope;
import dev.allframe.store.StreamId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What callers of one instance are told of accepted commands, and of those that they repeat. The events of a repeated
 * command come from the store, so that remembering it costs few bytes. Thread-safe.
 */
final class Outcomes<E extends Event> {

    private final RegisteredAggregate<?, E, ?> aggregate;
    private final StreamId stream;
    private final Hosting hosting;

    Outcomes(RegisteredAggregate<?, E, ?> aggregate, StreamId stream, Hosting hosting) {
        this.aggregate = aggregate;
        this.stream = stream;
        this.hosting = hosting;
    }

    /** That of a command whose events are stored, or that has changed nothing. */
    CommandResult<E> accepted(List<E> events, long sequenceNr) {
        return new CommandResult.Accepted<>(events, sequenceNr, token(sequenceNr));
    }

    /** The first outcome again, or why a repeat has none; completed at once unless events are to be read. */
    CompletionStage<CommandResult<E>> repeated(Execute execute, CommandRecord first) {
        if (first.outcome() instanceof CommandRecord.Voided) {
            return now(new CommandResult.Failed<>(new CommandError.Voided(first.commandId())));
        }
        if (execute.command() != VoidCommand.INSTANCE && !first.fingerprint().equals(execute.fingerprint())) {
            return now(new CommandResult.Failed<>(new CommandError.IdempotencyConflict(first.commandId())));
        }
        return switch (first.outcome()) {
            case CommandRecord.Refused(Refusal(var code, var message, var details)) ->
                now(new CommandResult.Refused<>(code, message, details));
            case CommandRecord.Unchanged() -> now(accepted(List.of(), first.lastSequenceNr()));
            case CommandRecord.Voided() -> throw new IllegalStateException("answered above");
            case CommandRecord.Accepted() -> hosting.history()
                    .read(stream, first.firstSequenceNr(), first.lastSequenceNr())
                    .thenApply(records -> acceptedFirst(first, records))
                    .exceptionally(failed -> new CommandResult.Failed<>(notReadAgain(first, failed)));
        };
    }

    private CompletionStage<CommandResult<E>> now(CommandResult<E> result) {
        return CompletableFuture.completedFuture(result);
    }

    private CommandResult<E> acceptedFirst(CommandRecord first, List<Envelope> records) {
        List<E> events = records.stream().flatMap(record -> aggregate.eventsOf(record).stream()).toList();
        long deleted = first.lastSequenceNr() - first.firstSequenceNr() + 1 - records.size();
        return new CommandResult.Accepted<>(events, first.lastSequenceNr(), token(first.lastSequenceNr()), deleted);
    }

    private CommandError notReadAgain(CommandRecord first, Throwable failure) {
        String reason = "the first outcome of command id '" + first.commandId() + "' cannot be read: "
                + Failures.message(failure);
        return Defects.isUnreadable(failure)
                ? new CommandError.Unreadable("stream=" + stream + ": " + reason, CommandError.Execution.EXECUTED)
                : CommandError.StorageUnavailable.executed(reason);
    }

    private ConsistencyToken token(long sequenceNr) {
        return new ConsistencyToken(hosting.storage().storeId(), stream, sequenceNr);
    }
}
