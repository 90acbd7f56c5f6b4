package dev.allframe.saga;

/** What an operator decides about a parked saga. */
public enum SagaDecision {

    /** To try again what has failed. */
    RETRY,

    /** To go on as if the step, or the undo, were not needed. */
    SKIP,

    /** The step was done, or was undone, by hand. */
    DONE,

    /** The step was not done. */
    NOT_DONE,

    /** To undo what was done. */
    TURN_BACK
}
