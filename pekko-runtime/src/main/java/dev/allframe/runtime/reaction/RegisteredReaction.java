package dev.allframe.runtime.reaction;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.failure.Failures;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.projection.ViewOrder;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StoredEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** A reaction, or a replay, that was checked and can run. Immutable and thread-safe. */
public final class RegisteredReaction {

    /** So is a future described whose time is over. */
    private static final String LATE = TimeoutException.class.getName();

    private final ReactionType type;
    private final boolean replay;
    private final EventFilter filter;
    private final Map<String, Function<StoredEvent, CompletionStage<?>>> byEntityType = new HashMap<>();

    private RegisteredReaction(ReactionType type, boolean replay) {
        this.type = type;
        this.replay = replay;
        List<EventFilter> wanted = new ArrayList<>();
        type.sources().forEach(source -> {
            wanted.add(EventFilter.entityType(source.aggregate().name()));
            byEntityType.put(source.aggregate().name(), effects(source));
        });
        filter = wanted.size() == 1 ? wanted.getFirst() : new EventFilter.Or(wanted);
    }

    /**
     * Checks a reaction.
     *
     * @throws InvalidDomainException with all that is wrong with its definition or the events that it reads
     */
    public static RegisteredReaction of(ReactionType type) {
        return checked(type.problems(), type, false);
    }

    /**
     * Checks a replay.
     *
     * @throws InvalidDomainException with all that is wrong with its definition or the events that it reads
     */
    public static RegisteredReaction of(ReplayType type) {
        return checked(type.problems(), type.work(), true);
    }

    private static RegisteredReaction checked(List<String> problems, ReactionType type, boolean replay) {
        if (!problems.isEmpty()) {
            throw new InvalidDomainException(problems);
        }
        return new RegisteredReaction(type, replay);
    }

    private static <E extends Event> Function<StoredEvent, CompletionStage<?>> effects(ReactionType.Source<E> source) {
        EventCodec<E> codec = JacksonEventCodec.of(source.aggregate());
        return stored -> {
            Envelope record = stored.envelope();
            CompletionStage<?> effects = CompletableFuture.completedFuture(null);
            int part = 0;
            for (E event : codec
                    .decode(new EncodedEvent(record.eventType(), record.eventVersion(), record.payload().bytes()))) {
                ReactionInfo info = new ReactionInfo(stored.stream(), stored.sequenceNr(), ++part, stored.position(),
                        record.metadata());
                effects = part == 1
                        ? begun(source, event, info)
                        : effects.thenComposeAsync(done -> begun(source, event, info), Thread::startVirtualThread);
            }
            return effects;
        };
    }

    private static <E extends Event> CompletionStage<?> begun(ReactionType.Source<E> source, E event,
            ReactionInfo info) {
        return Objects.requireNonNull(source.reaction().react(event, info),
                () -> "the reaction to event " + info.sequenceNr() + " of " + info.stream() + " returned null");
    }

    /** What it is. */
    public ReactionType type() {
        return type;
    }

    /** Whether it is a replay, which reads nothing until it is started, and ends. */
    boolean isReplay() {
        return replay;
    }

    /** What it is called in messages. */
    String title() {
        return (replay ? "replay '" : "reaction '") + type.name() + "'";
    }

    /** What it reads, as its orders say. */
    Span span(List<RecordedEvent<ViewOrder>> orders) {
        return replay
                ? ReplayRun.last(orders)
                        .filter(run -> !run.cancelled())
                        .map(run -> Span.of(this, run))
                        .orElseGet(() -> Span.nothing(this))
                : Span.endless(this);
    }

    /** The records that it wants. */
    EventFilter filter() {
        return filter;
    }

    /** Whether a record has an effect. */
    boolean wants(StoredEvent record) {
        return record.envelope().isEvent() && byEntityType.containsKey(record.stream().entityType());
    }

    /**
     * Does the effects of what a record decodes to, on a virtual thread.
     *
     * @return completes when they are done; fails with what was thrown, also when they take too long
     */
    CompletableFuture<Void> react(StoredEvent record) {
        Function<StoredEvent, CompletionStage<?>> effects = Objects
                .requireNonNull(byEntityType.get(record.stream().entityType()));
        return CompletableFuture
                .<CompletionStage<?>>supplyAsync(() -> effects.apply(record), Thread::startVirtualThread)
                .thenCompose(begun -> begun.thenAccept(done -> {}))
                .orTimeout(type.within().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What has failed, for people. */
    String reason(StoredEvent record, Throwable failure) {
        Throwable cause = Failures.unwrapped(failure);
        String words = Failures.description(cause);
        return "event " + record.sequenceNr() + " of " + record.stream() + ": "
                + (words.equals(LATE) ? "its effect has not ended within " + type.within() : words);
    }
}
