package dev.allframe.runtime.query;

import dev.allframe.query.Query;
import dev.allframe.query.QueryBus;
import dev.allframe.query.QueryError;
import dev.allframe.query.QueryMetadata;
import dev.allframe.query.QueryResult;
import dev.allframe.query.QueryType;
import dev.allframe.runtime.projection.QueriedView;
import dev.allframe.runtime.projection.Views;
import dev.allframe.store.ConsistencyToken;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Answers queries from the views of one AllFrame. Thread-safe. */
public final class LocalQueryBus implements QueryBus {

    private final Map<Class<?>, AnsweredQuery<?, ?>> queries = new LinkedHashMap<>();
    private final WaitingQueries waiting;

    /**
     * A bus that takes queries until it is closed.
     *
     * @param types which have no problems, and read views that are kept
     * @param clock says how old cached answers are
     */
    public LocalQueryBus(List<QueryType<?, ?>> types, Views views, QuerySettings settings, Clock clock) {
        waiting = new WaitingQueries(settings.maxInFlight());
        types.forEach(type -> queries.put(type.queryClass(), answered(type, views, settings, clock)));
    }

    private <Q extends Query<R>, R> AnsweredQuery<Q, R> answered(QueryType<Q, R> type, Views views,
            QuerySettings settings, Clock clock) {
        List<QueriedView<?, ?>> read = type.views().stream().<QueriedView<?, ?>>map(views::queried).toList();
        return new AnsweredQuery<>(type, read, settings, clock, waiting);
    }

    @Override
    public <R> CompletionStage<QueryResult<R>> ask(Query<R> query, Collection<ConsistencyToken> tokens) {
        return answer(query, tokens, null);
    }

    @Override
    public <R> CompletionStage<QueryResult<R>> ask(Query<R> query, Collection<ConsistencyToken> tokens,
            Duration within) {
        Objects.requireNonNull(within, "within");
        if (within.isZero() || within.isNegative() || within.compareTo(QueryType.MAX_WITHIN) > 0) {
            throw new IllegalArgumentException("within must be positive and at most " + QueryType.MAX_WITHIN + ", not "
                    + within);
        }
        return answer(query, tokens, within);
    }

    private <R> CompletionStage<QueryResult<R>> answer(Query<R> query, Collection<ConsistencyToken> tokens,
            @Nullable Duration within) {
        Objects.requireNonNull(query, "query");
        Objects.requireNonNull(tokens, "tokens").forEach(token -> Objects.requireNonNull(token, "token"));
        if (waiting.isClosed()) {
            return failed(new QueryError.ShuttingDown());
        }
        AnsweredQuery<Query<R>, R> answered = answered(query);
        return answered == null
                ? failed(new QueryError.UnknownQuery(query.getClass().getName()))
                : answered.ask(query, List.copyOf(tokens), within);
    }

    /** The class of a query has one answer, by which its type was made too. */
    @SuppressWarnings("unchecked")
    private <R> @Nullable AnsweredQuery<Query<R>, R> answered(Query<R> query) {
        return (AnsweredQuery<Query<R>, R>) queries.get(query.getClass());
    }

    static <R> CompletableFuture<QueryResult<R>> failed(QueryError error) {
        return CompletableFuture.completedFuture(new QueryResult.Failed<>(error));
    }

    @Override
    public List<QueryMetadata> describe() {
        return queries.values().stream().<QueryMetadata>map(AnsweredQuery::metadata).toList();
    }

    /** Takes no more queries, answers all that wait, and interrupts their handlers; does not wait for these. */
    public void close() {
        waiting.close();
    }
}
