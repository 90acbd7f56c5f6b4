package dev.allframe.saga.machine;

/** How an attempt that has failed is repeated. */
public enum Retry {

    /** Under the same id. */
    ATTEMPT,

    /** Under the same id, and the failed attempt does not count: nobody has looked at it. */
    POSTPONED,

    /** Under the same id, and the failed attempt does not count: the saga was read again and knows no outcome. */
    LOST,

    /** Under another id. */
    GENERATION,

    /** Under another id, as a refusal that the definition tries again. */
    REFUSAL;

    boolean isOfAnotherGeneration() {
        return this == GENERATION || this == REFUSAL;
    }
}
