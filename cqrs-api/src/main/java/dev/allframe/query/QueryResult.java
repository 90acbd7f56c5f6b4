package dev.allframe.query;

import java.util.Objects;

/**
 * What became of a query: exactly one of two.
 *
 * @param <R> the answer
 */
public sealed interface QueryResult<R> {

    /** The answer. It may be given to several callers. */
    record Answered<R>(R value) implements QueryResult<R> {
        public Answered {
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * There is no answer.
     *
     * @param error what went wrong, and whether asking again is sensible
     */
    record Failed<R>(QueryError error) implements QueryResult<R> {
        public Failed {
            Objects.requireNonNull(error, "error");
        }
    }

    /**
     * The answer, for callers to whom everything else is a defect: tests and scripts.
     *
     * @throws QueryNotAnsweredException if there is none
     */
    default R orThrow() {
        return switch (this) {
            case Answered<R>(var value) -> value;
            case Failed<R>(var error) -> throw new QueryNotAnsweredException(error);
        };
    }
}
