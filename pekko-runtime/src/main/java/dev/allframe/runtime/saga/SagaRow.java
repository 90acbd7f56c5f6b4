package dev.allframe.runtime.saga;

import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.machine.Direction;
import dev.allframe.saga.machine.Due;
import dev.allframe.saga.machine.Run;
import dev.allframe.saga.machine.SagaState;
import dev.allframe.saga.machine.SagaState.Begun;
import java.time.Instant;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A saga in the view of all. Of one that has ended no more is kept than what people are told of it.
 *
 * @param state as its records have made it; null when it has ended
 * @param ended how it has ended; null until then
 */
record SagaRow(@Nullable SagaState state, @Nullable SagaStatus ended) {

    /** The row of a state. */
    static SagaRow of(SagaState state) {
        return state.hasEnded() && state.successor() == null
                ? new SagaRow(null, statusOf(state))
                : new SagaRow(state, null);
    }

    /** Behind another record, which changes nothing of one that has ended. */
    SagaRow after(UnaryOperator<SagaState> record) {
        return state == null ? this : of(record.apply(state));
    }

    SagaStatus.Phase phase() {
        return ended == null ? phaseOf(running()) : ended.phase();
    }

    /** When it must be told that time has passed; null where time changes nothing. */
    @Nullable Instant wakeAt() {
        return ended == null ? Due.wakeAt(running()) : null;
    }

    /** Since when it has done nothing but to be read again; null where time changes nothing. */
    @Nullable Instant standsSince() {
        return ended == null ? Due.standsSince(running()) : null;
    }

    /** Whether an effect is due at once, so that somebody should be at it. */
    boolean isBusy() {
        return ended == null && switch (Due.in(running())) {
            case Due.Effect(var id, var run, var notBefore) -> notBefore == null;
            case Due.StartSuccessor next -> true;
            case Due.Nothing nothing -> false;
        };
    }

    String definition() {
        return ended == null ? begun().definition() : ended.definition();
    }

    int version() {
        return ended == null ? begun().version() : ended.version();
    }

    Instant startedAt() {
        return ended == null ? begun().at() : ended.startedAt();
    }

    @Nullable String correlationId() {
        return ended == null ? begun().correlationId() : ended.correlationId();
    }

    SagaStatus status() {
        return ended == null ? statusOf(running()) : ended;
    }

    private SagaState running() {
        return Objects.requireNonNull(state, "a saga that has not ended has a state");
    }

    private Begun begun() {
        return begun(running());
    }

    private static Begun begun(SagaState state) {
        return Objects.requireNonNull(state.begun(), "the saga has not begun");
    }

    /** Where a state is. A saga that has completed runs until its successor has begun. */
    static SagaStatus.Phase phaseOf(SagaState state) {
        return switch (state.phase()) {
            case NEW, FORWARD, SETTLING, BACKWARD -> SagaStatus.Phase.RUNNING;
            case COMPLETED -> state.successor() == null ? SagaStatus.Phase.COMPLETED : SagaStatus.Phase.RUNNING;
            case COMPENSATED -> SagaStatus.Phase.COMPENSATED;
            case PARKED -> SagaStatus.Phase.PARKED;
        };
    }

    /** How far a saga is that has begun. */
    static SagaStatus statusOf(SagaState state) {
        Begun begun = begun(state);
        Run run = state.run();
        SagaState.HaltedAt halt = state.halt();
        String step = run != null ? run.step() : halt == null ? null : halt.step();
        String reason = !state.reason().isEmpty() || run == null || run.code().isEmpty()
                ? state.reason()
                : run.message().isEmpty() ? run.code() : run.code() + ": " + run.message();
        boolean undoing = run != null && run.direction() == Direction.UNDO;
        return new SagaStatus(begun.definition(), begun.version(), begun.id(), phaseOf(state), step, undoing,
                run == null ? 0 : run.effect().attempt(), reason, begun.at(), state.changedAt(), Due.wakeAt(state),
                begun.correlationId());
    }
}
