package dev.allframe.aggregate;

/**
 * Whether an event is compared with its schema when it is written. Its class says most of it already: what is found is
 * a null where the class has no {@code @Nullable}.
 */
public enum WriteCheck {
    /** It is not. */
    OFF,
    /** What does not fit is logged, and written. */
    WARN,
    /** What does not fit is not written: the command fails. */
    REJECT
}
