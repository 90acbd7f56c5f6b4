package dev.allframe.query;

/**
 * Answers a query from rows of views. Called on a virtual thread, by many at once; may block. It is interrupted as soon
 * as nobody waits for its answer.
 *
 * @param <Q> the query
 * @param <R> the answer
 */
@FunctionalInterface
public interface QueryHandler<Q extends Query<R>, R> {

    /**
     * The answer; not null, so that an answer that may be missing is an {@code Optional}.
     *
     * @param query what is asked
     * @param views the rows of the views that the query type reads
     * @throws Exception whatever fails; the caller is given {@link QueryError.HandlerFailed}
     */
    R answer(Q query, QueryViews views) throws Exception;
}
