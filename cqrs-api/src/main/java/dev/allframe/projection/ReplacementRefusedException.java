package dev.allframe.projection;

/** What was wanted of the two versions of a view cannot be done. Nothing was changed. */
public final class ReplacementRefusedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String view;
    private final Reason reason;

    /** Why it cannot be done. */
    public enum Reason {
        /** The view replaces no other. */
        NOT_REPLACING,
        /** The version has no rows that can be read, or does not have within the time what readers have seen. */
        NOT_READY,
        /** The version was paused, or stands before an event that failed. */
        STANDS,
        /** The version has parked a stream that the one which answers has not. */
        PARKED,
        /** The old version was given up. */
        FINISHED,
        /** The old version answers, so that it cannot be given up. */
        ANSWERS
    }

    /** @param message what was wanted, and why it cannot be done */
    public ReplacementRefusedException(String view, Reason reason, String message) {
        super("view '" + view + "': " + message);
        this.view = view;
        this.reason = reason;
    }

    /** The name of the view. */
    public String view() {
        return view;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
