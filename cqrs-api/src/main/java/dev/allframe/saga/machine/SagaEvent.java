package dev.allframe.saga.machine;

import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.StoredValue;
import dev.allframe.saga.SagaDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has happened to a saga, as it is stored. */
public sealed interface SagaEvent extends Event {

    /** When. */
    Instant at();

    /**
     * It has begun.
     *
     * @param structure identifies the steps of its definition
     * @param awaited the keys of events that it waits for, or will
     * @param deadline when it is undone, unless it has passed its pivot; null for never
     */
    @Stored("started")
    record Started(Instant at, String definition, int version, String id, String structure, StoredValue context,
            List<AwaitedKey> awaited, @Nullable String correlationId, @Nullable String causationId,
            Map<String, String> headers, @Nullable Instant deadline) implements SagaEvent {
        public Started {
            awaited = List.copyOf(awaited);
            headers = Map.copyOf(headers);
        }
    }

    /**
     * The intent to do or undo a step; its effect begins behind this.
     *
     * @param generation rises when the one before is known not to have been done
     * @param target the instance that gets the command; null where there is none
     * @param key the id of the command, or the key of the call; empty where the step only waits
     * @param issuedAt when this generation was begun first
     * @param timeout how long one attempt may take
     * @param since when the first generation was begun, or a refusal was tried again
     * @param attempts how many attempts of earlier generations count
     * @param refusals how many refusals were tried again
     * @param unanswered whether an earlier attempt of this generation may be under way, or have done its work
     * @param decisive whether it cannot be given up while it is under way: the pivot, of which nobody can tell whether
     *        it was done
     * @param until the moment that is waited for; null where none is
     */
    @Stored("step-begun")
    record StepBegun(Instant at, String step, Direction direction, int generation, @Nullable String target,
            String key, Instant issuedAt, Duration timeout, Instant since, int attempts, int refusals,
            boolean unanswered, boolean decisive, @Nullable Instant until) implements SagaEvent {}

    /**
     * An attempt has failed, and there will be another.
     *
     * @param answered whether it is known that this attempt has done nothing, and no other is under way
     * @param retry how it is repeated
     */
    @Stored("attempt-failed")
    record AttemptFailed(Instant at, String step, Direction direction, int generation, String code, String message,
            boolean answered, Instant retryAt, Retry retry) implements SagaEvent {}

    /**
     * A step was done.
     *
     * @param effective whether there is anything to undo
     * @param certain false where it may have been done
     * @param pivot whether the saga only goes forward from here
     * @param output what it gave, where that is kept
     * @param context the context from here on; null where it is the same
     * @param awaited all keys of events, from here on; empty where the context is the same
     */
    @Stored("step-done")
    record StepDone(Instant at, String step, int generation, boolean effective, boolean certain, boolean pivot,
            List<StoredValue> output, @Nullable StoredValue context,
            List<AwaitedKey> awaited) implements SagaEvent {
        public StepDone {
            output = List.copyOf(output);
            awaited = List.copyOf(awaited);
        }
    }

    /** A step was not done, and its generation never will be. */
    @Stored("step-not-done")
    record StepNotDone(Instant at, String step, int generation, String code, String message) implements SagaEvent {}

    /** A step was left out. */
    @Stored("step-skipped")
    record StepSkipped(Instant at, String step) implements SagaEvent {}

    /**
     * An awaited event has happened.
     *
     * @param key its key
     * @param eventId stream and sequence number
     * @param event its contents; null where they could not be kept
     */
    @Stored("event-received")
    record EventReceived(Instant at, String step, String key, String eventId,
            @Nullable StoredValue event) implements SagaEvent {}

    /** It is found out whether the step was done. */
    @Stored("settling")
    record Settling(Instant at, String step, Direction direction, int generation, SettleReason reason, String code,
            String message) implements SagaEvent {}

    /** What was done is undone from here on. */
    @Stored("turned-back")
    record TurnedBack(Instant at, String code, String message) implements SagaEvent {}

    /** A step was undone. */
    @Stored("undone")
    record Undone(Instant at, String step, int generation) implements SagaEvent {}

    /** A step could not be undone; those before it are undone all the same. */
    @Stored("stuck")
    record Stuck(Instant at, String step, String code, String message) implements SagaEvent {}

    /** Every step was done. */
    @Stored("completed")
    record Completed(Instant at, @Nullable NextSaga successor) implements SagaEvent {}

    /** The successor has begun. */
    @Stored("successor-started")
    record SuccessorStarted(Instant at) implements SagaEvent {}

    /** Everything that was done was undone. */
    @Stored("compensated")
    record Compensated(Instant at) implements SagaEvent {}

    /** An operator must decide. */
    @Stored("parked")
    record Parked(Instant at, Halt halt, @Nullable String step, String code, String message) implements SagaEvent {}

    /** An operator has decided. */
    @Stored("decided")
    record Decided(Instant at, SagaDecision decision, String by, String reason) implements SagaEvent {}
}
