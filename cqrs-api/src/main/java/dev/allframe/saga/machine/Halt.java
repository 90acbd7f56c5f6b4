package dev.allframe.saga.machine;

/** What a parked saga stands before. */
public enum Halt {

    /** A step behind the pivot that was not done. */
    STEP,

    /** A step of which nobody can tell whether it was done. */
    UNDECIDED,

    /** A step that was done, whose result could not be put into the context. */
    CONTEXT,

    /** Steps that could not be undone. */
    UNDO,

    /** The successor, which could not be computed. */
    SUCCESSOR
}
