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
        if (next != null && state.phase() == Phase.COMPLETED) {
            return new StartSuccessor(next);
        }
        Run run = state.run();
        return run == null || state.phase() == Phase.PARKED || run.renewed() || run.key().isEmpty()
                ? new Nothing()
                : new Effect(run.effect(), run, run.retryAt());
    }

    /**
     * The moment at which a saga must be told that time has passed, or at which its effect is due or should have had
     * its outcome, so that it is begun again where nobody is at it; null where the saga waits for something else alone.
     */
    static @Nullable Instant wakeAt(SagaState state) {
        Instant moment = switch (in(state)) {
            case Effect(var id, var run, var notBefore) ->
                notBefore == null ? state.changedAt().plus(run.timeout()) : notBefore;
            case StartSuccessor start -> state.changedAt();
            case Nothing nothing -> state.phase() == Phase.PARKED ? null : ofRun(state.run());
        };
        Instant deadline = deadline(state);
        return deadline != null && (moment == null || deadline.isBefore(moment)) ? deadline : moment;
    }

    /**
     * Since when a saga that is due has done nothing: {@link #wakeAt}, or when the first of the attempts was lost that
     * were lost in a row. To have been read again is not to have done something. Null as {@link #wakeAt}.
     */
    static @Nullable Instant standsSince(SagaState state) {
        Run run = state.run();
        return run == null || run.lost() == null || state.phase() == Phase.PARKED ? wakeAt(state) : run.lost().since();
    }

    /** When the saga is given up, as long as it can be. */
    private static @Nullable Instant deadline(SagaState state) {
        SagaState.Begun begun = state.begun();
        Run run = state.run();
        return begun == null || run == null || state.phase() != Phase.FORWARD || state.pastPivot() || run.decisive()
                ? null
                : begun.deadline();
    }

    private static @Nullable Instant ofRun(@Nullable Run run) {
        return run == null ? null : run.until() != null ? run.until() : run.renewed() ? run.retryAt() : null;
    }
}
