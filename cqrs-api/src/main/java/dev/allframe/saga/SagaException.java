package dev.allframe.saga;

import java.io.Serial;

/** What was asked of a saga was not done. */
public final class SagaException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient SagaError error;

    /** With what went wrong. */
    public SagaException(SagaError error) {
        super(error.code() + ": " + error.message());
        this.error = error;
    }

    /** What went wrong. */
    public SagaError error() {
        return error;
    }
}
