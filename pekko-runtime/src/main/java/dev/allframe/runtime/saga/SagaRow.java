package dev.allframe.runtime.saga;

import dev.allframe.codec.StoredValue;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.machine.Direction;
import dev.allframe.saga.machine.Due;
import dev.allframe.saga.machine.Run;
import dev.allframe.saga.machine.SagaState;
import dev.allframe.saga.machine.SagaState.Begun;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A saga in the view of all: its state, as its records have made it. */
record SagaRow(SagaState state) {

    Begun begun() {
        return Objects.requireNonNull(state.begun(), "a row is of a saga that has begun");
    }

    StoredValue context() {
        return Objects.requireNonNull(state.context(), "a saga that has begun has a context");
    }

    SagaStatus.Phase phase() {
        return phaseOf(state);
    }

    /** When it must be told that time has passed; null where time changes nothing. */
    @Nullable Instant wakeAt() {
        return Due.wakeAt(state);
    }

    /** Whether an effect is due at once, so that somebody should be at it. */
    boolean isBusy() {
        return switch (Due.in(state)) {
            case Due.Effect(var id, var run, var notBefore) -> notBefore == null;
            case Due.StartSuccessor next -> true;
            case Due.Nothing nothing -> false;
        };
    }

    SagaStatus status() {
        return statusOf(state);
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
        Begun begun = Objects.requireNonNull(state.begun(), "the saga has not begun");
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
