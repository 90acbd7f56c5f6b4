package dev.allframe.journal.allsource.tool;

/** What was asked for cannot be done, for a reason that the caller can change. Nothing was written. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
