package dev.allframe.projection;

/** What a projection is doing. */
public enum ProjectionState {
    /** Applies what was stored before it can be read, from the beginning or from where it stopped. */
    BUILDING,
    /** Has applied everything once, and applies what is stored as it comes. */
    LIVE,
    /** Was told to pause; it does not go on by itself. */
    PAUSED,
    /** An event failed, and the projection stands before it until it is told what to do. */
    FAILED,
    /** Applies what comes, but for streams of which an event failed. */
    PARKED,
    /** Its files were damaged; it is set aside and built anew. */
    DAMAGED,
    /** Was told that it is not wanted: it has no rows and applies nothing, until it is rebuilt. */
    RETIRED,
    /** A view whose files are there, and that was not given to this AllFrame. */
    UNREGISTERED
}
