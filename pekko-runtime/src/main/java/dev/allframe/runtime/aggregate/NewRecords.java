package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Makes the records that a command leads to, with the states behind them. What users' code throws meanwhile, which
 * evolves, encodes and gives tags, is passed on: nothing is stored yet.
 */
final class NewRecords<E extends Event, S> {

    private static final byte[] NO_EVENT = {'{', '}'};

    private final RegisteredAggregate<?, E, S> aggregate;
    private final Clock clock;

    NewRecords(RegisteredAggregate<?, E, S> aggregate, Clock clock) {
        this.aggregate = aggregate;
        this.clock = clock;
    }

    /** A record for each event; the first remembers the command. */
    List<Recorded<S>> ofEvents(Execute execute, List<E> events, S state, long version) {
        EventMetadata metadata = metadata(execute);
        CommandRecord command = execute.commandId() == null || execute.fingerprint() == null
                ? null
                : new CommandRecord(execute.commandId(), execute.fingerprint(), new CommandRecord.Accepted(),
                        version + 1, version + events.size());
        List<Recorded<S>> records = new ArrayList<>(events.size());
        S evolved = state;
        for (E event : events) {
            evolved = aggregate.type().aggregate().evolve(evolved, event);
            EncodedEvent encoded = aggregate.events().encode(event);
            Set<String> tags = aggregate.type().aggregate().tags(event);
            Envelope envelope = Envelope.of(encoded.type(), encoded.version(), Payload.json(encoded.bytes()), tags,
                    metadata, command);
            records.add(new Recorded<>(envelope, evolved));
            command = null;
        }
        return records;
    }

    /** A record that holds nothing but the memory of a command. */
    Recorded<S> ofMemory(Execute execute, CommandRecord.Outcome outcome, S state, long version) {
        CommandRecord command = new CommandRecord(Objects.requireNonNull(execute.commandId()),
                Objects.requireNonNullElse(execute.fingerprint(), ""), outcome, version + 1, version + 1);
        return new Recorded<>(Envelope.of(Envelope.COMMAND_ONLY, 1, Payload.json(NO_EVENT), Set.of(),
                metadata(execute), command), state);
    }

    private EventMetadata metadata(Execute execute) {
        return new EventMetadata(clock.instant(), execute.commandId(), execute.correlationId(),
                execute.causationId(), execute.headers());
    }
}
