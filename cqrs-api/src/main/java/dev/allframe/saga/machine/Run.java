package dev.allframe.saga.machine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The step that is under way.
 *
 * @param generation of its command id or key
 * @param target the instance that gets the command; null where there is none
 * @param key the id of the command, or the key of the call
 * @param issuedAt when the intent was stored
 * @param since when the first generation was begun
 * @param attempts how many have failed
 * @param refusals how many refusals were tried again
 * @param unanswered whether an attempt of this generation had no answer
 * @param retryAt when the next attempt is due; null for at once
 * @param renewed whether that is one of another generation
 * @param settling why it is found out whether the step was done; null where it is not
 * @param settles how often that has failed
 * @param code of the last failure; empty before the first
 * @param message of the last failure
 * @param until the moment that is waited for; null where none is
 */
public record Run(String step, Direction direction, int generation, @Nullable String target, String key,
        Instant issuedAt, Instant since, int attempts, int refusals, boolean unanswered, @Nullable Instant retryAt,
        boolean renewed, @Nullable SettleReason settling, int settles, String code, String message,
        @Nullable Instant until) {

    static Run begun(SagaEvent.StepBegun begun) {
        return new Run(begun.step(), begun.direction(), begun.generation(), begun.target(), begun.key(), begun.at(),
                begun.since(), begun.attempts(), begun.refusals(), false, null, false, null, 0, "", "",
                begun.until());
    }

    Run failed(SagaEvent.AttemptFailed failed) {
        boolean settles = settling != null;
        return new Run(step, direction, generation, target, key, issuedAt, since,
                failed.refused() ? 0 : settles && !failed.renewed() ? attempts : attempts + 1, failed.refused() ? refusals + 1 : refusals,
                unanswered || (!failed.answered() && !settles), failed.retryAt(), failed.renewed(),
                failed.renewed() ? null : settling, settles ? this.settles + 1 : this.settles, failed.code(),
                failed.message(), until);
    }

    Run settling(SagaEvent.Settling now) {
        return new Run(step, direction, generation, target, key, issuedAt, since, attempts, refusals, unanswered,
                null, false, now.reason(), 0, now.code(), now.message(), until);
    }

    /** The attempt that is due. */
    public EffectId effect() {
        return new EffectId(step, direction, generation, settling == null ? attempts : settles, settling != null);
    }
}
