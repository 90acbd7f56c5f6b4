package dev.allframe.runtime.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.StoredValue;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.command.CommandResult;
import dev.allframe.saga.machine.Outcome;
import dev.allframe.saga.machine.Outcomes;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.EventReader;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Finds out in the records of an instance whether a command was executed that the instance has forgotten. It never will
 * be executed: the instance refuses it as too old.
 */
final class SagaSettler {

    /** So many records are looked at. */
    static final int MOST_RECORDS = 100_000;

    private static final int PAGE = 1_000;

    private final EventReader store;
    private final Duration clockSkew;

    SagaSettler(EventReader store, Duration clockSkew) {
        this.store = store;
        this.clockSkew = clockSkew;
    }

    /**
     * Looks for a command from the end of the stream back to its time.
     *
     * @param issuedAt the time of its intent
     * @param written the stored forms of its events
     * @return {@link Outcome.Unknown} where the records that would tell were deleted, or are too many
     */
    <E extends Event> CompletionStage<Outcome> look(AggregateType<?, E, ?> type, String target, String commandId,
            Instant issuedAt, Function<List<E>, List<StoredValue>> written) {
        StreamId stream = StreamId.of(type.name(), target);
        return store.highestSequenceNr(stream)
                .thenCompose(last -> back(new Search<>(type, stream, commandId, issuedAt.minus(clockSkew), written),
                        last, 0));
    }

    private record Search<E extends Event>(AggregateType<?, E, ?> type, StreamId stream, String commandId,
            Instant notBefore, Function<List<E>, List<StoredValue>> written) {}

    private <E extends Event> CompletionStage<Outcome> back(Search<E> search, long from, int seen) {
        if (from < 1) {
            return now(new Outcome.NotDone("forgotten", "no record of it was stored", false));
        }
        return store.getEventsBackwards(search.stream, from, PAGE).thenCompose(page -> {
            long expected = from;
            for (StoredEvent record : page) {
                if (record.sequenceNr() != expected) {
                    return now(deleted(search));
                }
                expected--;
                CommandRecord command = record.envelope().command();
                if (command != null && command.commandId().equals(search.commandId)) {
                    return outcome(search, command);
                }
                if (record.envelope().metadata().timestamp().isBefore(search.notBefore)) {
                    return now(new Outcome.NotDone("forgotten", "no record of it was stored", false));
                }
            }
            if (page.isEmpty()) {
                return now(deleted(search));
            }
            return seen + page.size() >= MOST_RECORDS
                    ? now(new Outcome.Unknown("more than " + MOST_RECORDS + " records of " + search.stream
                            + " were stored since, and command " + search.commandId + " is in none of these"))
                    : back(search, expected, seen + page.size());
        });
    }

    private static Outcome deleted(Search<?> search) {
        return new Outcome.Unknown("records of " + search.stream + " that would tell whether command "
                + search.commandId + " was executed were deleted");
    }

    private <E extends Event> CompletionStage<Outcome> outcome(Search<E> search, CommandRecord command) {
        return switch (command.outcome()) {
            case CommandRecord.Voided voided -> now(new Outcome.NotDone("voided", "its id was declared void", false));
            case CommandRecord.Refused(var refusal) ->
                now(Outcomes.ofVoiding(new CommandResult.Refused<>(refusal.code(), refusal.message(),
                        refusal.details()), search.written));
            case CommandRecord.Unchanged unchanged -> now(new Outcome.Done(false, List.of()));
            case CommandRecord.Accepted accepted -> store
                    .getEvents(search.stream, command.firstSequenceNr(), command.lastSequenceNr(), EventReader.MAX_PAGE)
                    .thenApply(records -> Outcomes.ofVoiding(accepted(search, command, records), search.written));
        };
    }

    private static <E extends Event> CommandResult<E> accepted(Search<E> search, CommandRecord command,
            List<StoredEvent> records) {
        EventCodec<E> codec = JacksonEventCodec.of(search.type);
        List<E> events = records.stream()
                .map(StoredEvent::envelope)
                .flatMap(record -> codec
                        .decode(new EncodedEvent(record.eventType(), record.eventVersion(), record.payload().bytes()))
                        .stream())
                .toList();
        long gone = command.lastSequenceNr() - command.firstSequenceNr() + 1 - records.size();
        return new CommandResult.Accepted<>(events, command.lastSequenceNr(),
                new ConsistencyToken("", search.stream, command.lastSequenceNr()), gone);
    }

    private static CompletionStage<Outcome> now(Outcome outcome) {
        return CompletableFuture.completedFuture(outcome);
    }
}
