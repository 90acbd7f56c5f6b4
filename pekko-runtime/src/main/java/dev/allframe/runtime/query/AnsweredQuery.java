package dev.allframe.runtime.query;

import dev.allframe.projection.View;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.query.Query;
import dev.allframe.query.QueryError;
import dev.allframe.query.QueryMetadata;
import dev.allframe.query.QueryResult;
import dev.allframe.query.QueryType;
import dev.allframe.runtime.projection.QueriedView;
import dev.allframe.runtime.query.AnswerCache.Kept;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.Position;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The queries of one type: waits for tokens, then gives a cached answer or runs the handler. Thread-safe. */
final class AnsweredQuery<Q extends Query<R>, R> {

    private final Answering<Q, R> answering;
    private final @Nullable SharedRuns<Q, R> shared;
    private final Duration within;
    private final int atMost;
    private final WaitingQueries waiting;

    AnsweredQuery(QueryType<Q, R> type, List<QueriedView<?, ?>> views, QuerySettings settings, Clock clock,
            WaitingQueries waiting) {
        Integer runs = type.atMost();
        Duration limit = type.within();
        Duration cachedFor = type.cachedFor();
        this.atMost = runs == null ? settings.runsPerQuery() : runs;
        this.within = limit == null ? settings.timeout() : limit;
        this.waiting = waiting;
        this.answering = new Answering<>(type, views, new Semaphore(atMost, true), clock, new QueryCounts());
        this.shared = cachedFor == null
                ? null
                : new SharedRuns<>(answering, new AnswerCache<>(settings.cachedAnswers(), cachedFor.toMillis()));
    }

    /** @param limit null for the one of the type */
    CompletableFuture<QueryResult<R>> ask(Q query, List<ConsistencyToken> tokens, @Nullable Duration limit) {
        answering.counts().asked();
        QueryKey key;
        try {
            key = shared == null ? null : new QueryKey(query);
            Kept<R> kept = shared == null || key == null || !tokens.isEmpty() ? null : shared.kept(key);
            if (kept != null) {
                return answered(new QueryResult.Answered<>(kept.value()), 1);
            }
        } catch (Throwable defect) { // of the query's hashCode or equals, or of a clock
            return answered(new QueryResult.Failed<>(HandlerRun.errorOf(defect)), 0);
        }
        Asked<R> caller = new Asked<>(limit == null ? within : limit, waiting, answering.counts());
        if (!waiting.add(caller)) {
            return answered(new QueryResult.Failed<>(new QueryError.Overloaded(waiting.limit())), 0);
        }
        if (tokens.isEmpty()) {
            run(query, key, caller);
        } else {
            await(query, key, tokens, caller);
        }
        return caller.result();
    }

    private CompletableFuture<QueryResult<R>> answered(QueryResult<R> result, int cached) {
        answering.counts().cached(cached);
        answering.counts().answered(result);
        return CompletableFuture.completedFuture(result);
    }

    /** Every view, so that the caller is told of the first that does not come to the tokens. */
    private void await(Q query, @Nullable QueryKey key, List<ConsistencyToken> tokens, Asked<R> caller) {
        AtomicInteger missing = new AtomicInteger(answering.views().size());
        for (QueriedView<?, ?> queried : answering.views()) {
            View<?, ?> view = queried.view();
            try {
                var unused = view.await(tokens, caller.within()).whenComplete((answer, failed) -> {
                    QueryError error = failed == null
                            ? errorOf(view.type().name(), answer)
                            : HandlerRun.errorOf(failed);
                    if (error != null) {
                        caller.fail(error);
                    } else if (missing.decrementAndGet() == 0) {
                        run(query, key, caller);
                    }
                });
            } catch (RuntimeException failed) { // of the store
                caller.fail(HandlerRun.errorOf(failed));
            }
        }
    }

    private static @Nullable QueryError errorOf(String view, ViewAnswer<Position> answer) {
        return switch (answer) {
            case ViewAnswer.Seen<Position> seen -> null;
            case ViewAnswer.NotYet<Position>(var lag, var state) -> new QueryError.NotYet(view, lag, state);
            case ViewAnswer.Never<Position>(var reason) -> new QueryError.Never(view, reason);
        };
    }

    private void run(Q query, @Nullable QueryKey key, Asked<R> caller) {
        try {
            if (caller.isAnswered()) {
                return;
            }
            caller.limitTime();
            if (shared != null && key != null) {
                shared.join(query, key, caller);
                return;
            }
            HandlerRun<Q, R> run = new HandlerRun<>(answering, query, null);
            run.add(caller);
            caller.waitsFor(run);
            run.start();
        } catch (Throwable defect) { // of the query's equals, or of a clock
            caller.fail(HandlerRun.errorOf(defect));
        }
    }

    QueryMetadata metadata() {
        QueryCounts counts = answering.counts();
        return new QueryMetadata(answering.type().queryClass(),
                answering.views().stream().map(view -> view.view().type().name()).toList(), counts.timesAsked(),
                counts.timesCached(), counts.timesFailed(), counts.runs(),
                atMost - answering.turns().availablePermits(),
                counts.waiting(), shared == null ? 0 : shared.size(), counts.took(), counts.longest());
    }
}
