package dev.allframe.saga.machine;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The step that is under way.
 *
 * @param generation of its command id or key
 * @param target the instance that gets the command; null where there is none
 * @param key the id of the command, or the key of the call; empty where the step only waits
 * @param issuedAt when the intent of this generation was stored first
 * @param timeout how long one attempt may take
 * @param since when it was begun, or a refusal was tried again; patience begins here
 * @param attempts how many have failed and count
 * @param postponed how many have failed in this generation and do not count
 * @param refusals how many refusals were tried again
 * @param unanswered whether an attempt of this generation may be under way, or have done its work
 * @param decisive whether it cannot be given up while it is under way
 * @param retryAt when the next attempt is due; null for at once
 * @param renewed whether that is one of another generation
 * @param settling to find out whether the step was done; null where that is not under way
 * @param code of the last failure at the step, which is the reason for finding out; empty before the first
 * @param message of that failure
 * @param until the moment that is waited for; null where none is
 * @param lost the attempts of which nothing was stored, one after the other and last of all; null where the last thing
 *        that was stored is another
 */
public record Run(String step, Direction direction, int generation, @Nullable String target, String key,
        Instant issuedAt, Duration timeout, Instant since, int attempts, int postponed, int refusals,
        boolean unanswered, boolean decisive, @Nullable Instant retryAt, boolean renewed, @Nullable Finding settling,
        String code, String message, @Nullable Instant until, @Nullable Lost lost) {

    /** So many lost attempts in a row are the last: what was begun so often ends its node, or can never be stored. */
    static final int MOST_LOST = 20;

    /**
     * Attempts in a row of which nothing was stored.
     *
     * @param since when the first of them was seen to be lost
     */
    public record Lost(int attempts, Instant since) {

        private static Lost after(@Nullable Lost before, Instant at) {
            return before == null ? new Lost(1, at) : new Lost(before.attempts + 1, before.since);
        }
    }

    /**
     * To find out whether the step was done.
     *
     * @param reason why
     * @param since when it was begun
     * @param failed how many attempts at it have failed
     */
    public record Finding(SettleReason reason, Instant since, int failed) {

        private Finding failedAgain() {
            return new Finding(reason, since, failed + 1);
        }
    }

    static Run begun(SagaEvent.StepBegun begun) {
        return new Run(begun.step(), begun.direction(), begun.generation(), begun.target(), begun.key(),
                begun.issuedAt(), begun.timeout(), begun.since(), begun.attempts(), 0, begun.refusals(),
                begun.unanswered(), begun.decisive(), null, false, null, "", "", begun.until(), null);
    }

    Run failed(SagaEvent.AttemptFailed failed) {
        Retry retry = failed.retry();
        Finding still = settling == null || retry.isOfAnotherGeneration() ? null : settling.failedAgain();
        boolean counts = retry == Retry.GENERATION || (retry == Retry.ATTEMPT && settling == null);
        boolean refused = retry == Retry.REFUSAL;
        return new Run(step, direction, generation, target, key, issuedAt, timeout,
                refused ? failed.retryAt() : since, refused ? 0 : counts ? attempts + 1 : attempts,
                retry == Retry.POSTPONED || retry == Retry.LOST ? postponed + 1 : postponed,
                refused ? refusals + 1 : refusals,
                unanswered || (!failed.answered() && settling == null), decisive, failed.retryAt(),
                retry.isOfAnotherGeneration(), still, still == null ? failed.code() : code,
                still == null ? failed.message() : message, until,
                retry == Retry.LOST ? Lost.after(lost, failed.at()) : null);
    }

    Run settling(SagaEvent.Settling begun) {
        int failed = settling == null ? 0 : settling.failed();
        return new Run(step, direction, generation, target, key, issuedAt, timeout, since, attempts, postponed,
                refusals, unanswered, decisive, null, false, new Finding(begun.reason(), begun.at(), failed),
                begun.code(), begun.message(), until, lost);
    }

    /** Whether so many attempts in a row were lost that there will be no other. */
    boolean isLostForGood() {
        return lost != null && lost.attempts >= MOST_LOST;
    }

    /** The attempt that is due. */
    public EffectId effect() {
        return new EffectId(step, direction, generation, settling == null ? attempts + postponed : settling.failed(),
                settling != null);
    }
}
