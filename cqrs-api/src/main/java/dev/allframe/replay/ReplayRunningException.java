package dev.allframe.replay;

/** A replay was not started, because one of its name has not ended: wait for it, or cancel it. */
public final class ReplayRunningException extends RuntimeException {

    private final String name;
    private final ReplayStatus.State state;

    /**
     * A refused start.
     *
     * @param state of the run before
     */
    public ReplayRunningException(String name, ReplayStatus.State state) {
        super("replay '" + name + "' is " + state
                + ": another is started when it has ended; wait for it, or cancel it");
        this.name = name;
        this.state = state;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** What the run before is doing. */
    public ReplayStatus.State state() {
        return state;
    }
}
