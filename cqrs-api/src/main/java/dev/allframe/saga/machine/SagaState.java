package dev.allframe.saga.machine;

import dev.allframe.aggregate.Stored;
import dev.allframe.codec.StoredValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a saga is.
 *
 * @param begun what it is; null before it has begun
 * @param context as the steps have left it; null before it has begun
 * @param steps those that were begun, in that order
 * @param run the step that is under way; null where none is
 * @param awaited keys of events that it waits for, or will
 * @param received awaited events that have happened before their turn
 * @param pastPivot whether it only goes forward
 * @param reason why it has turned back, or is parked; empty where neither
 * @param halt what a parked saga stands before; null unless it is parked
 * @param successor the saga that is to begin; null where none is, or it has begun
 * @param changedAt when something has happened last
 */
@Stored("state")
public record SagaState(Phase phase, @Nullable Begun begun, @Nullable StoredValue context, List<StepState> steps,
        @Nullable Run run, List<AwaitedKey> awaited, List<Received> received, boolean pastPivot, String reason,
        @Nullable HaltedAt halt, @Nullable NextSaga successor, Instant changedAt) {

    /** Where a saga is on its way. */
    public enum Phase {
        /** It has not begun. */
        NEW,
        /** Steps are done. */
        FORWARD,
        /** It is found out whether a step was done. */
        SETTLING,
        /** Steps are undone. */
        BACKWARD,
        /** Every step was done. */
        COMPLETED,
        /** What was done was undone. */
        COMPENSATED,
        /** An operator must decide. */
        PARKED
    }

    /**
     * What a saga is, as long as it lives.
     *
     * @param structure identifies the steps of its definition
     * @param first the context with which it has begun
     * @param deadline when it is undone, unless it has passed its pivot; null for never
     */
    public record Begun(String definition, int version, String id, String structure, StoredValue first,
            @Nullable String correlationId, @Nullable String causationId, Map<String, String> headers, Instant at,
            @Nullable Instant deadline) {
        public Begun {
            headers = Map.copyOf(headers);
        }
    }

    /**
     * An awaited event that has happened.
     *
     * @param step the step that waits for it
     * @param key its key
     * @param eventId stream and sequence number
     */
    public record Received(String step, String key, String eventId, @Nullable StoredValue event) {}

    /** What a parked saga stands before. */
    public record HaltedAt(Halt halt, @Nullable String step) {}

    static final SagaState NEW = new SagaState(Phase.NEW, null, null, List.of(), null, List.of(), List.of(), false, "",
            null, null, Instant.EPOCH);

    public SagaState {
        steps = List.copyOf(steps);
        awaited = List.copyOf(awaited);
        received = List.copyOf(received);
    }

    /** What became of a step; empty where its turn has not come. */
    public Optional<StepState> step(String name) {
        return steps.stream().filter(each -> each.step().equals(name)).findFirst();
    }

    /** Whether it is completed or compensated. */
    public boolean hasEnded() {
        return phase == Phase.COMPLETED || phase == Phase.COMPENSATED;
    }

    /** Whether steps are still done, or it is found out whether one was. */
    boolean isOnTheWayForward() {
        return phase == Phase.FORWARD || (phase == Phase.SETTLING && run != null && run.direction() == Direction.DO);
    }

    /** Whether a step may still use an event, and has none. */
    boolean awaits(String step) {
        return (isOnTheWayForward() || phase == Phase.PARKED) && mayUseAnEvent(step) && received(step).isEmpty();
    }

    private boolean mayUseAnEvent(String step) {
        return step(step).filter(known -> known.status() != StepState.Status.NOT_DONE).isEmpty();
    }

    /** Whether an event has come before; one that has several keys comes with each of them. */
    boolean hasReceived(SagaCommand.Arrive arrival) {
        return received.stream()
                .anyMatch(event -> event.eventId().equals(arrival.eventId()) && event.key().equals(arrival.key()));
    }

    /** The event for a step; empty where none has come, or one with a key that is not awaited any more. */
    Optional<Received> received(String step) {
        return received.stream()
                .filter(event -> event.step().equals(step) && isAwaited(event))
                .findFirst();
    }

    private boolean isAwaited(Received event) {
        return awaited.stream().anyMatch(key -> key.step().equals(event.step()) && key.key().equals(event.key()));
    }

    /** Events whose step does without them, as it was left out or awaits another key. */
    List<Received> unused() {
        return received.stream().filter(event -> !isPassedOn(event) && !isOfUse(event)).toList();
    }

    private boolean isPassedOn(Received event) {
        return received.subList(received.indexOf(event) + 1, received.size())
                .stream()
                .anyMatch(later -> later.eventId().equals(event.eventId()) && later.key().equals(event.key()));
    }

    private boolean isOfUse(Received event) {
        return mayUseAnEvent(event.step())
                ? isAwaited(event)
                : step(event.step()).filter(known -> known.status() == StepState.Status.SKIPPED).isEmpty();
    }

    Begun mustBegun() {
        return Objects.requireNonNull(begun, "the saga has not begun");
    }

    StoredValue mustContext() {
        return Objects.requireNonNull(context, "the saga has not begun");
    }

    SagaState in(Phase next, Instant at) {
        return new SagaState(next, begun, context, steps, run, awaited, received, pastPivot, reason,
                next == Phase.PARKED ? halt : null, successor, at);
    }

    SagaState running(@Nullable Run now) {
        return new SagaState(phase, begun, context, steps, now, awaited, received, pastPivot, reason, halt, successor,
                changedAt);
    }

    SagaState because(String why) {
        return new SagaState(phase, begun, context, steps, run, awaited, received, pastPivot, why, halt, successor,
                changedAt);
    }

    SagaState with(StepState changed) {
        List<StepState> all = new ArrayList<>(steps);
        all.removeIf(each -> each.step().equals(changed.step()));
        all.add(changed);
        return new SagaState(phase, begun, context, all, run, awaited, received, pastPivot, reason, halt, successor,
                changedAt);
    }

    SagaState with(@Nullable StoredValue changed, List<AwaitedKey> keys) {
        return changed == null
                ? this
                : new SagaState(phase, begun, changed, steps, run, keys, received, pastPivot, reason, halt, successor,
                        changedAt);
    }

    SagaState receiving(Received event) {
        List<Received> more = new ArrayList<>(received);
        more.add(event);
        return new SagaState(phase, begun, context, steps, run, awaited, more, pastPivot, reason, halt, successor,
                changedAt);
    }

    SagaState pastPivot(boolean now) {
        return new SagaState(phase, begun, context, steps, run, awaited, received, pastPivot || now, reason, halt,
                successor, changedAt);
    }

    SagaState halted(HaltedAt where) {
        return new SagaState(phase, begun, context, steps, run, awaited, received, pastPivot, reason, where, successor,
                changedAt);
    }

    SagaState followedBy(@Nullable NextSaga next) {
        return new SagaState(phase, begun, context, steps, run, awaited, received, pastPivot, reason, halt, next,
                changedAt);
    }
}
