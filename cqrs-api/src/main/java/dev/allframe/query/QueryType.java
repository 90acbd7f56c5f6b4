package dev.allframe.query;

import dev.allframe.projection.ProjectionType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a query is answered, as a value. Immutable; methods return a changed copy, so that it is usually a constant
 * beside its handler. What is wrong with it is told when AllFrame starts, all at once.
 *
 * <pre>{@code
 * static final QueryType<BalanceOf, Optional<Money>> BALANCE_OF = QueryType
 *     .of(BalanceOf.class, (query, views) -> views.view(BALANCES).get(query.account()).map(AccountRow::balance))
 *     .reads(BALANCES)
 *     .cachedFor(Duration.ofMinutes(1));
 * }</pre>
 *
 * @param <Q> the query
 * @param <R> the answer
 */
public final class QueryType<Q extends Query<R>, R> {

    /** The longest time limit of a query. */
    public static final Duration MAX_WITHIN = Duration.ofDays(1);

    private static final Duration MIN_CACHED = Duration.ofMillis(1);
    private static final Duration MAX_CACHED = Duration.ofDays(3_650);

    private final Class<Q> queryClass;
    private final QueryHandler<Q, R> handler;
    private final List<ProjectionType<?, ?>> views;
    private final @Nullable Duration cachedFor;
    private final @Nullable Duration within;
    private final @Nullable Integer atMost;

    private QueryType(Class<Q> queryClass, QueryHandler<Q, R> handler, List<ProjectionType<?, ?>> views,
            @Nullable Duration cachedFor, @Nullable Duration within, @Nullable Integer atMost) {
        this.queryClass = queryClass;
        this.handler = handler;
        this.views = views;
        this.cachedFor = cachedFor;
        this.within = within;
        this.atMost = atMost;
    }

    /**
     * Answers the queries of a class.
     *
     * @param query a record class
     * @param handler gives the answers
     */
    public static <Q extends Query<R>, R> QueryType<Q, R> of(Class<Q> query, QueryHandler<Q, R> handler) {
        return new QueryType<>(Objects.requireNonNull(query, "query"), Objects.requireNonNull(handler, "handler"),
                List.of(), null, null, null);
    }

    /** Reads these views too. Tokens are awaited on all of them, and changes of their rows make cached answers void. */
    public QueryType<Q, R> reads(ProjectionType<?, ?>... more) {
        for (ProjectionType<?, ?> view : more) {
            Objects.requireNonNull(view, "view");
        }
        return new QueryType<>(queryClass, handler, Stream.concat(views.stream(), Stream.of(more)).toList(), cachedFor,
                within, atMost);
    }

    /**
     * Keeps answers, so that equal queries have them without the handler, for so long at most, and only while the rows
     * of all views that are read are what they were. Nothing else is looked at: for so long an answer may be too old
     * that also depends on the clock, or on something beside the views. Equal queries that are asked at once share one
     * run of the handler. Failures are not kept.
     */
    public QueryType<Q, R> cachedFor(Duration time) {
        return new QueryType<>(queryClass, handler, views, Objects.requireNonNull(time, "time"), within, atMost);
    }

    /** Limits the time, unless the caller does; {@code allframe.queries.timeout} unless said, at most a day. */
    public QueryType<Q, R> within(Duration time) {
        return new QueryType<>(queryClass, handler, views, cachedFor, Objects.requireNonNull(time, "time"), atMost);
    }

    /** Runs the handler so many times at once on a node; {@code allframe.queries.runs-per-query} unless said. */
    public QueryType<Q, R> atMost(int runs) {
        return new QueryType<>(queryClass, handler, views, cachedFor, within, runs);
    }

    /** What is wrong with it, each in a sentence. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        String query = "query " + queryClass.getName() + " ";
        if (!queryClass.isRecord()) {
            problems.add(query + "must be a record");
        }
        if (views.isEmpty()) {
            problems.add(query + "reads no view: add .reads(…)");
        }
        Set<String> names = new HashSet<>();
        for (ProjectionType<?, ?> view : views) {
            if (!names.add(view.name())) {
                problems.add(query + "reads view '" + view.name() + "' twice");
            }
        }
        if (cachedFor != null
                && (cachedFor.compareTo(MIN_CACHED) < 0 || cachedFor.compareTo(MAX_CACHED) > 0)) {
            problems.add(query + "must be cached for at least " + MIN_CACHED + " and at most " + MAX_CACHED + ", not "
                    + cachedFor);
        }
        if (cachedFor != null && queryClass.isRecord()) {
            for (RecordComponent component : queryClass.getRecordComponents()) {
                if (component.getType().isArray()) {
                    problems.add(query + "is cached and has the array '" + component.getName()
                            + "', of which no two are equal: use a List");
                }
            }
        }
        if (within != null && (within.isZero() || within.isNegative() || within.compareTo(MAX_WITHIN) > 0)) {
            problems.add(query + "must have a time limit of more than no time and at most " + MAX_WITHIN + ", not "
                    + within);
        }
        if (atMost != null && atMost < 1) {
            problems.add(query + "must run 1 or more times at once, not " + atMost);
        }
        return problems;
    }

    /** The class of the queries. */
    public Class<Q> queryClass() {
        return queryClass;
    }

    /** What gives the answers. */
    public QueryHandler<Q, R> handler() {
        return handler;
    }

    /** The views that are read. */
    public List<ProjectionType<?, ?>> views() {
        return views;
    }

    /** For how long answers are kept at most; null for not at all. */
    public @Nullable Duration cachedFor() {
        return cachedFor;
    }

    /** The time limit; null for the configured one. */
    public @Nullable Duration within() {
        return within;
    }

    /** How often the handler runs at once; null for the configured number. */
    public @Nullable Integer atMost() {
        return atMost;
    }

    @Override
    public String toString() {
        return "QueryType[" + queryClass.getName() + "]";
    }
}
