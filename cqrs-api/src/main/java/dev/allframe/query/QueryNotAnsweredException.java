package dev.allframe.query;

/** Thrown by {@link QueryResult#orThrow()} alone. */
public final class QueryNotAnsweredException extends RuntimeException {

    private final transient QueryError error;

    QueryNotAnsweredException(QueryError error) {
        super(error.code() + ": " + error.message());
        this.error = error;
    }

    /** Why there is no answer. */
    public QueryError error() {
        return error;
    }
}
