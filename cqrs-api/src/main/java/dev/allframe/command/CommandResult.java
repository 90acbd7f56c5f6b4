package dev.allframe.command;

import dev.allframe.aggregate.Event;
import dev.allframe.store.ConsistencyToken;
import java.util.List;
import java.util.Map;

/**
 * What became of a command: exactly one of three.
 *
 * @param <E> the events of the aggregate
 */
public sealed interface CommandResult<E extends Event> {

    /**
     * The events are stored. For a repeated command id these are the events of the first time.
     *
     * @param events what was stored, in order; empty when the command changed nothing. Of a repeated command those that
     *         are still stored
     * @param sequenceNr the sequence number of the instance's last record after this command; 0 when it has none
     * @param token presented with a query, it waits for a view that has applied this command
     * @param deletedEvents how many events of a repeated command have been deleted since its first execution, and are
     *         not among the events
     */
    record Accepted<E extends Event>(List<E> events, long sequenceNr, ConsistencyToken token,
            long deletedEvents) implements CommandResult<E> {
        public Accepted {
            events = List.copyOf(events);
        }

        /** With all its events. */
        public Accepted(List<E> events, long sequenceNr, ConsistencyToken token) {
            this(events, sequenceNr, token, 0);
        }
    }

    /**
     * A business rule said no; nothing was stored.
     *
     * @param code a stable name that callers switch on
     * @param message a sentence for people, possibly empty
     * @param details facts that belong to the refusal, as text
     */
    record Refused<E extends Event>(String code, String message,
            Map<String, String> details) implements CommandResult<E> {
        public Refused {
            details = Map.copyOf(details);
        }
    }

    /**
     * The command was not decided, or nobody knows whether it was.
     *
     * @param error what went wrong, and whether a repeat is safe
     */
    record Failed<E extends Event>(CommandError error) implements CommandResult<E> {}

    /**
     * The accepted result, for callers to whom everything else is a defect: tests and scripts.
     *
     * @throws CommandNotAcceptedException if the command was refused or failed
     */
    default Accepted<E> orThrow() {
        return switch (this) {
            case Accepted<E> accepted -> accepted;
            case Refused<E> refused -> throw new CommandNotAcceptedException(this, "refused: " + refused.code()
                    + (refused.message().isEmpty() ? "" : ", " + refused.message())
                    + (refused.details().isEmpty() ? "" : " " + refused.details()));
            case Failed<E> failed ->
                throw new CommandNotAcceptedException(this, failed.error().code() + ": " + failed.error().message());
        };
    }
}
