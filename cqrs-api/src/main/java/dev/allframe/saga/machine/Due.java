package dev.allframe.saga.machine;

import dev.allframe.saga.machine.SagaState.Phase;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a saga has to do, as far as its state says. */
public sealed interface Due {

    /**
     * An effect, at once or from a moment on. Its intent is stored.
     *
     * @param id which attempt at what
     * @param run the step
     * @param notBefore the moment; null for at once
     */
    record Effect(EffectId id, Run run, @Nullable Instant notBefore) implements Due {}

    /** To start the successor. */
    record StartSuccessor(NextSaga next) implements Due {}

    /** Nothing but to wait. */
    record Nothing() implements Due {}

    /** What is due in a state. */
    static Due in(SagaState state) {
        NextSaga next = state.successor();
        if (next != null) {
            return new StartSuccessor(next);
        }
        Run run = state.run();
        boolean works = run != null && state.phase() != Phase.PARKED && !run.renewed() && run.until() == null
                && !run.key().isEmpty();
        return works ? new Effect(run.effect(), run, run.retryAt()) : new Nothing();
    }

    /**
     * The moment at which a saga must be told that time has passed, or its effect be begun again after a crash; null
     * where it waits for something else alone.
     */
    static @Nullable Instant wakeAt(SagaState state) {
        if (state.phase() == Phase.PARKED || (state.hasEnded() && state.successor() == null)) {
            return null;
        }
        Instant moment = switch (in(state)) {
            case Effect effect -> effect.notBefore() == null ? state.changedAt() : effect.notBefore();
            case StartSuccessor start -> state.changedAt();
            case Nothing nothing -> ofRun(state.run());
        };
        Instant deadline = state.phase() == Phase.FORWARD && !state.pastPivot() && state.begun() != null
                ? state.begun().deadline()
                : null;
        if (deadline != null && (moment == null || deadline.isBefore(moment))) {
            return deadline;
        }
        return moment;
    }

    private static @Nullable Instant ofRun(@Nullable Run run) {
        return run == null ? null : run.until() != null ? run.until() : run.renewed() ? run.retryAt() : null;
    }
}
