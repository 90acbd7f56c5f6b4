package dev.allframe.store;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The events of one kind of aggregate in a store, as typed objects and without any actor. Reads what the runtime's
 * actors wrote, and the other way round.
 *
 * <p>Old versions are read as today's. Of a stored event that an upcaster makes several of, all have its sequence
 * number and position, in their order; one of which it makes none is passed over.
 *
 * <p>Thread-safe; owns nothing: closing the backend is the business of who opened it. Stages are completed as the
 * backend's, so that callbacks may block, and no method that gives a stage throws. Failures are those of
 * {@link EventAppender} and {@link EventReader}, and {@link dev.allframe.codec.CodecException} for contents that this
 * code cannot read.
 *
 * @param <E> the events
 */
public final class EventStore<E extends Event> {

    private static final int PAGE = 1_000;

    private final EventStoreBackend backend;
    private final AggregateType<?, E, ?> type;
    private final EventCodec<E> codec;
    private final Clock clock;

    private EventStore(EventStoreBackend backend, AggregateType<?, E, ?> type, EventCodec<E> codec, Clock clock) {
        this.backend = backend;
        this.type = type;
        this.codec = codec;
        this.clock = clock;
    }

    /** The events of an aggregate type in a backend; timestamps come from the system's clock. */
    public static <E extends Event> EventStore<E> of(EventStoreBackend backend, AggregateType<?, E, ?> type,
            EventCodec<E> codec) {
        return new EventStore<>(backend, type, codec, Clock.systemUTC());
    }

    /** The same store with another clock for the timestamps of appended events. */
    public EventStore<E> withClock(Clock changed) {
        return new EventStore<>(backend, type, codec, changed);
    }

    /** Stores events at the end of an instance's stream, all or none, with nothing but a timestamp as metadata. */
    public CompletionStage<Appended> append(String id, ExpectedVersion expected, List<? extends E> events) {
        return append(id, expected, events, EventMetadata.at(clock.instant()));
    }

    /** Stores events at the end of an instance's stream, all or none. */
    public CompletionStage<Appended> append(String id, ExpectedVersion expected, List<? extends E> events,
            EventMetadata metadata) {
        return attempt(() -> {
            List<Envelope> records = new ArrayList<>(events.size());
            for (E event : events) {
                EncodedEvent encoded = codec.encode(event);
                records.add(Envelope.of(encoded.type(), encoded.version(), Payload.json(encoded.bytes()),
                        type.aggregate().tags(event), metadata, null));
            }
            return backend.append(new Append(stream(id), expected, "event-store", records));
        });
    }

    /** What cannot be asked of the backend, such as an event that the codec refuses, fails the stage too. */
    private static <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException | Error refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    /**
     * Events of one instance in order.
     *
     * @param fromSequenceNr the first wanted, included
     * @param limit how many records are looked at, at most
     */
    public CompletionStage<List<RecordedEvent<E>>> getEvents(String id, long fromSequenceNr, int limit) {
        return attempt(() -> backend.getEvents(stream(id), fromSequenceNr, Long.MAX_VALUE, limit)
                .thenApply(this::recorded));
    }

    /**
     * Events of all instances in position order.
     *
     * @param after where to begin, not included: {@link Position#START} or a position of this store
     * @param limit how many records at most
     */
    public CompletionStage<RecordedPage<E>> getAllEvents(Position after, int limit) {
        return backend.getAllEvents(EventFilter.entityType(type.name()), after, limit)
                .thenApply(page -> new RecordedPage<>(recorded(page.events()), page.next(), page.atEnd()));
    }

    /**
     * All events of one instance in order, read page by page while the stream is consumed. Blocks the consuming thread.
     */
    public Stream<RecordedEvent<E>> streamEvents(String id) {
        StreamId stream = stream(id);
        return Stream
                .iterate(page(stream, 0), page -> !page.isEmpty(), page -> page(stream, page.getLast().sequenceNr()))
                .flatMap(page -> recorded(page).stream());
    }

    private List<StoredEvent> page(StreamId stream, long afterSequenceNr) {
        return Waiting.on(backend.getEventsAfter(stream, afterSequenceNr, PAGE));
    }

    /**
     * All events of all instances in position order up to the end that is found, read page by page while the stream is
     * consumed. Blocks the consuming thread.
     */
    public Stream<RecordedEvent<E>> streamAllEvents(Position after) {
        return Stream
                .iterate(Optional.of(page(after)), Optional::isPresent,
                        read -> read.filter(page -> !page.atEnd()).map(page -> page(page.next())))
                .flatMap(read -> read.map(RecordedPage::events).orElse(List.of()).stream());
    }

    private RecordedPage<E> page(Position after) {
        return Waiting.on(getAllEvents(after, PAGE));
    }

    /**
     * Delivers every event behind a position, those stored already and then those to come, in position order, without a
     * gap and without a duplicate, one at a time on a virtual thread of its own. Only stored events are delivered. Keep
     * {@link RecordedEvent#position()} to resume, where an upcaster makes several events of one after the last of them.
     *
     * <p>If the consumer throws, the subscription ends with that failure and delivers nothing more; see
     * {@link Subscription#ended()}.
     */
    public Subscription subscribe(Position after, Consumer<RecordedEvent<E>> consumer) {
        return Subscription.start(backend, EventFilter.entityType(type.name()), after,
                stored -> recorded(stored).forEach(consumer));
    }

    /** Keeps the state of an instance after one of its records. */
    public CompletionStage<Void> saveSnapshot(String id, long sequenceNr, Payload state) {
        return attempt(() -> backend
                .saveSnapshot(new Snapshot(stream(id), sequenceNr, clock.instant(), state, null)));
    }

    /** The latest state kept of an instance. */
    public CompletionStage<Optional<Snapshot>> getLatestSnapshot(String id) {
        return attempt(() -> backend.getLatestSnapshot(stream(id), SnapshotCriteria.all()));
    }

    /** As {@link EventStoreBackend#flush()}. */
    public CompletionStage<Void> flush() {
        return backend.flush();
    }

    /** As {@link EventStoreBackend#stats()}. */
    public BackendStats stats() {
        return backend.stats();
    }

    /** How many of the first records of an instance were deleted. */
    long deleted(String id) {
        StreamId stream = stream(id);
        List<StoredEvent> first = Waiting.on(backend.getEventsAfter(stream, 0, 1));
        return first.isEmpty()
                ? Waiting.on(backend.highestSequenceNr(stream))
                : first.getFirst().sequenceNr() - 1;
    }

    private StreamId stream(String id) {
        return StreamId.of(type.name(), id);
    }

    private List<RecordedEvent<E>> recorded(List<StoredEvent> page) {
        return page.stream().flatMap(stored -> recorded(stored).stream()).toList();
    }

    /** The events of a record: one, unless it only remembers a command, or an upcaster makes none or several of it. */
    private List<RecordedEvent<E>> recorded(StoredEvent stored) {
        Envelope envelope = stored.envelope();
        if (!envelope.isEvent()) {
            return List.of();
        }
        List<E> events = codec
                .decode(new EncodedEvent(envelope.eventType(), envelope.eventVersion(), envelope.payload().bytes()));
        return events.stream()
                .map(event -> new RecordedEvent<>(stored.stream(), stored.sequenceNr(), stored.position(),
                        envelope.metadata(), event))
                .toList();
    }
}
