package dev.allframe.store;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import java.time.Instant;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The states that an instance has had, folded from its stored events. Callable from any thread; each call reads the
 * stream anew, and waits for the store. It fails with {@link DeletedEventsException} where the first events of the
 * instance were deleted.
 *
 * @param <S> the states
 */
public final class History<S> {

    private final Past<? extends Event, S> past;

    private History(Past<? extends Event, S> past) {
        this.past = past;
    }

    /**
     * A state.
     *
     * @param state what the events up to a number have made
     * @param sequenceNr the number of the last of them
     * @param storedAt when that was decided
     */
    public record Moment<S>(S state, long sequenceNr, Instant storedAt) {}

    private record Past<E extends Event, S>(EventStore<E> store, AggregateType<?, E, S> type, String id) {

        Optional<Moment<S>> before(Predicate<RecordedEvent<E>> end) {
            mustHaveAll();
            Optional<Moment<S>> found = folded(end);
            mustHaveAll(); // what is deleted meanwhile may not have been read
            return found;
        }

        private void mustHaveAll() {
            long deleted = store.deleted(id);
            if (deleted > 0) {
                throw new DeletedEventsException("the first " + deleted + " records of " + type.name() + "|" + id
                        + " were deleted, so that the states it had are not known");
            }
        }

        private Optional<Moment<S>> folded(Predicate<RecordedEvent<E>> end) {
            S state = type.aggregate().initialState();
            RecordedEvent<E> last = null;
            try (Stream<RecordedEvent<E>> events = store.streamEvents(id)) {
                for (Iterator<RecordedEvent<E>> each = events.iterator(); each.hasNext();) {
                    RecordedEvent<E> event = each.next();
                    if (end.test(event)) {
                        break;
                    }
                    state = type.aggregate().evolve(state, event.event());
                    last = event;
                }
            }
            return last == null
                    ? Optional.empty()
                    : Optional.of(new Moment<>(state, last.sequenceNr(), last.metadata().timestamp()));
        }
    }

    /** The history of an instance, by the events of its type. */
    public static <E extends Event, S> History<S> of(EventStore<E> store, AggregateType<?, E, S> type, String id) {
        return new History<>(new Past<>(Objects.requireNonNull(store, "store"), Objects.requireNonNull(type, "type"),
                Objects.requireNonNull(id, "id")));
    }

    /** The state behind the event of a number, or behind the last one before; empty where there was none. */
    public Optional<Moment<S>> at(long sequenceNr) {
        return past.before(event -> event.sequenceNr() > sequenceNr);
    }

    /** The state at a moment: behind all events before the first one with a later time; empty where there was none. */
    public Optional<Moment<S>> at(Instant moment) {
        Objects.requireNonNull(moment, "moment");
        return past.before(event -> event.metadata().timestamp().isAfter(moment));
    }

    /** The state behind all events; empty where there are none. */
    public Optional<Moment<S>> now() {
        return past.before(event -> false);
    }
}
