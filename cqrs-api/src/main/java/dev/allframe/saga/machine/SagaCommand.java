package dev.allframe.saga.machine;

import dev.allframe.aggregate.Command;
import dev.allframe.codec.StoredValue;
import dev.allframe.saga.SagaDecision;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a saga is told; each with its time, since rules read no clock. */
public sealed interface SagaCommand extends Command {

    /** When. */
    Instant at();

    /**
     * To begin.
     *
     * @param definition the name of the saga's definition
     * @param version its version
     * @param id of the saga, within its definition
     * @param context what it begins with
     * @param correlationId what it belongs to; null for itself
     * @param causationId what has started it; null for nothing known
     * @param headers the starter's user and trace
     */
    record Start(Instant at, String definition, int version, String id, StoredValue context,
            @Nullable String correlationId, @Nullable String causationId,
            Map<String, String> headers) implements SagaCommand {
        public Start {
            headers = Map.copyOf(headers);
        }
    }

    /** What became of an effect. */
    record Report(Instant at, EffectId effect, Outcome outcome) implements SagaCommand {}

    /**
     * The saga was read again from what is stored, so that nobody here knows what became of an effect that is due:
     * whoever has begun it may have stopped, or be at it still.
     */
    record Resume(Instant at) implements SagaCommand {}

    /** A time has come. Harmless where none has, and when it is said twice. */
    record Wake(Instant at) implements SagaCommand {}

    /** What a time that has come would change cannot be stored, however often it is tried. */
    record Unstorable(Instant at, String message) implements SagaCommand {}

    /**
     * An event has happened that the saga may wait for.
     *
     * @param event the stored name of the event
     * @param key its key
     * @param eventId stream and sequence number
     * @param contents the event; null where no saga can keep it, as it is too large with what it changes
     */
    record Arrive(Instant at, String event, String key, String eventId,
            @Nullable StoredValue contents) implements SagaCommand {}

    /** To turn back, if the pivot is not behind it. */
    record Cancel(Instant at, String by, String reason) implements SagaCommand {}

    /** To do with a parked saga what an operator has decided. */
    record Decide(Instant at, SagaDecision decision, String by, String reason) implements SagaCommand {}

    /** The successor has begun. */
    record SuccessorBegun(Instant at) implements SagaCommand {}

    /** The successor cannot begin. */
    record SuccessorRefused(Instant at, String code, String message) implements SagaCommand {}
}
