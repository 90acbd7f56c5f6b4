package dev.allframe.runtime.query;

import dev.allframe.query.Query;
import dev.allframe.query.QueryResult;
import dev.allframe.runtime.query.AnswerCache.Kept;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a query type whose answers are cached. Of equal queries one run is under way, and one is the next: it
 * takes the callers that came when the rows were others than those which the first reads, and begins when that is over.
 * So any number of callers is answered by two runs, and each by rows that are not older than its question.
 * Thread-safe.
 */
final class SharedRuns<Q extends Query<R>, R> {

    private final Answering<Q, R> answering;
    private final AnswerCache<R> cache; // guarded by this, as the lines are
    private final Map<QueryKey, Line<Q, R>> lines = new HashMap<>();

    /** The runs of equal queries. */
    private static final class Line<Q extends Query<R>, R> {

        private HandlerRun<Q, R> first;
        private @Nullable HandlerRun<Q, R> next;

        private Line(HandlerRun<Q, R> first) {
            this.first = first;
        }
    }

    SharedRuns(Answering<Q, R> answering, AnswerCache<R> cache) {
        this.answering = answering;
        this.cache = cache;
    }

    /** The cached answer that holds at this moment; null for none. */
    @Nullable Kept<R> kept(QueryKey key) {
        long now = answering.clock().millis();
        synchronized (this) {
            return cache.get(key, answering.served(), now);
        }
    }

    synchronized int size() {
        return cache.size();
    }

    /** Has a caller answered. */
    void join(Q query, QueryKey key, Asked<R> caller) {
        Kept<R> kept = kept(key);
        if (kept != null) {
            answering.counts().cached(1);
            caller.answer(new QueryResult.Answered<>(kept.value()));
            return;
        }
        HandlerRun<Q, R> joined;
        boolean begins;
        synchronized (this) {
            Line<Q, R> line = lines.get(key);
            begins = line == null;
            if (line == null) {
                joined = begun(query, key, caller);
                lines.put(key, new Line<>(joined));
            } else if (line.first.covers(answering.served()) && line.first.add(caller)) {
                joined = line.first;
            } else if (line.next != null && line.next.add(caller)) {
                joined = line.next;
            } else {
                joined = begun(query, key, caller);
                line.next = joined;
            }
        }
        caller.waitsFor(joined);
        if (begins) {
            joined.start();
        }
    }

    private HandlerRun<Q, R> begun(Q query, QueryKey key, Asked<R> caller) {
        HandlerRun<Q, R> run = new HandlerRun<>(answering, query, new HandlerRun.Sharing<>(this, key));
        run.add(caller);
        return run;
    }

    /** A run is over; the next of its line begins. */
    void over(QueryKey key, HandlerRun<Q, R> run, @Nullable Kept<R> answer) {
        HandlerRun<Q, R> next = null;
        synchronized (this) {
            if (answer != null) {
                cache.put(key, answer);
            }
            Line<Q, R> line = lines.get(key);
            if (line == null) {
                return;
            }
            if (line.first == run) {
                next = line.next;
                line.next = null;
                if (next == null) {
                    lines.remove(key);
                } else {
                    line.first = next;
                }
            } else if (line.next == run) {
                line.next = null;
            }
        }
        if (next != null) {
            next.start();
        }
    }
}
