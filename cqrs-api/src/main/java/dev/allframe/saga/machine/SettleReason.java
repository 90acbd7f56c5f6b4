package dev.allframe.saga.machine;

/** Why it must be found out whether a step was done. */
public enum SettleReason {

    /** No attempt had an answer. */
    TIMEOUT,

    /** It was refused, but an earlier attempt had no answer, and may be executed yet. */
    REFUSAL,

    /** It has changed nothing, but an earlier attempt had no answer, and may be executed yet. */
    UNCHANGED,

    /** The saga's time is over. */
    DEADLINE,

    /** Somebody has cancelled the saga. */
    CANCEL,

    /** The instance may have forgotten the command. */
    FORGOTTEN,

    /** The instance knows the command's id otherwise: with other contents, since code has changed, or as void. */
    CONFLICT;

    /** Whether the saga turns back even where the step was done. */
    boolean endsTheWayForward() {
        return this == DEADLINE || this == CANCEL;
    }
}
