package dev.allframe.query;

import dev.allframe.store.ConsistencyToken;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * Answers queries from the views of this node. Nothing is sent to other nodes: each has all views.
 *
 * <p>Callable from any thread; never blocks. The returned stage never fails: what can go wrong is a
 * {@link QueryResult.Failed}. An answer is made of rows that contain what the tokens stand for, and that are not older
 * than those the views served when the query was asked.
 *
 * <p>The stage is completed on a virtual thread of its own, or before the call returns: a callback may block, ask and
 * wait. On Java 21 to 23 it must not do so inside {@code synchronized}.
 */
public interface QueryBus {

    /**
     * Asks a query, when all views that it reads have applied what the tokens stand for.
     *
     * @param query a record whose {@link QueryType} was given to the builder
     * @param tokens of accepted commands; empty to wait for nothing
     * @param within how long the tokens and the handler may take together; more than no time and at most
     *        {@link QueryType#MAX_WITHIN}. A {@link QueryError.NotYet} may come a second later, as it asks the store
     *        for its end
     * @throws IllegalArgumentException if the time is out of its range
     * @throws NullPointerException if any of them is null
     */
    <R> CompletionStage<QueryResult<R>> ask(Query<R> query, Collection<ConsistencyToken> tokens, Duration within);

    /** As {@link #ask(Query, Collection, Duration)}, in the time of the query's type. */
    <R> CompletionStage<QueryResult<R>> ask(Query<R> query, Collection<ConsistencyToken> tokens);

    /** As {@link #ask(Query, Collection)}; without a token it waits for no view. */
    default <R> CompletionStage<QueryResult<R>> ask(Query<R> query, ConsistencyToken... tokens) {
        return ask(query, Arrays.asList(Objects.requireNonNull(tokens, "tokens")));
    }

    /** Asks a query and waits for its answer: for tests and virtual threads, never inside an actor. */
    default <R> QueryResult<R> askAndWait(Query<R> query, ConsistencyToken... tokens) {
        return ask(query, tokens).toCompletableFuture().join();
    }

    /** How each query is doing, in the order in which they were given to the builder. */
    List<QueryMetadata> describe();
}
