package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.OutdatedStateException;
import dev.allframe.failure.Failures;
import dev.allframe.store.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * What an instance's actor knows: the aggregate's state and the commands it remembers.
 *
 * <p>The state is replaced with every record; the window is one object, changed in place, before the record is stored.
 * That is sound because an actor whose record was not stored starts again, from a snapshot or from the empty window.
 *
 * @param state the aggregate's state, as far as it could be read
 * @param window the remembered commands
 * @param unreadable why the stored records could not be read to their end; null where they could
 * @param ignoring whether an event was newer than this code, which ignored what it does not know of it
 * @param outdated whether it is the snapshot that could not be read, because it is of another shape than today's
 */
record AggregateState<S>(S state, CommandWindow window, boolean ignoring, @Nullable String unreadable,
        boolean outdated) {

    AggregateState(S state, CommandWindow window) {
        this(state, window, false);
    }

    AggregateState(S state, CommandWindow window, boolean ignoring) {
        this(state, window, ignoring, null, false);
    }

    /**
     * The same as far as it was read.
     *
     * @throws IllegalStateException if the record is not to blame; see {@link Defects#ofTheRecord}
     */
    AggregateState<S> unreadable(String what, Throwable why) {
        return new AggregateState<>(state, window, ignoring,
                what + " cannot be read: " + Failures.description(Defects.ofTheRecord(why)), false);
    }

    AggregateState<S> outdated(OutdatedStateException why) {
        return new AggregateState<>(state, window, ignoring, Failures.message(why), true);
    }

    <E extends Event> AggregateState<S> after(Recorded<S> recorded, RegisteredAggregate<?, E, S> aggregate) {
        if (unreadable != null) {
            return this;
        }
        Envelope envelope = recorded.envelope();
        S evolved = recorded.evolved();
        if (evolved == null) {
            try {
                evolved = state;
                for (E event : aggregate.eventsOf(envelope)) {
                    evolved = aggregate.type().aggregate().evolve(evolved, event);
                }
            } catch (Throwable defect) {
                return unreadable("event '" + envelope.eventType() + "' version " + envelope.eventVersion(), defect);
            }
        }
        return new AggregateState<>(evolved, envelope.command() == null
                ? window
                : window.with(new RememberedCommand(envelope.command(),
                        envelope.metadata().timestamp().toEpochMilli())),
                ignoring || (recorded.evolved() == null && aggregate.ignoresPartOf(envelope)));
    }
}
