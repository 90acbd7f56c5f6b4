package dev.allframe.runtime.query;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.query.Query;
import dev.allframe.query.QueryError;
import dev.allframe.query.QueryResult;
import dev.allframe.runtime.projection.RowsDigest;
import dev.allframe.runtime.query.AnswerCache.Kept;
import dev.allframe.store.EventStoreException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call of a handler, for one caller or several, on a virtual thread of its own. It waits for its turn, opens the
 * views, calls the handler and answers. When its last caller has gone it is over: its thread is interrupted, and what
 * the handler gives after that is not used. Thread-safe.
 */
final class HandlerRun<Q extends Query<R>, R> {

    /** Which rows a run reads. */
    private enum Reads {
        /** Those of a later moment. */
        LATER,
        /** They are being looked for: nobody knows of which moment they are. */
        UNKNOWN,
        /** Those of one moment. */
        KNOWN
    }

    private final Answering<Q, R> answering;
    private final Q query;
    private final @Nullable Sharing<Q, R> sharing;

    private final Set<Asked<R>> callers = new LinkedHashSet<>(); // guards all of these
    private Reads reads = Reads.LATER;
    private List<@Nullable RowsDigest> digests = List.of();
    private @Nullable Thread thread;
    private boolean over;

    /**
     * How its answer is shared.
     *
     * @param runs is told when the run is over
     * @param key the query
     */
    record Sharing<Q extends Query<R>, R>(SharedRuns<Q, R> runs, QueryKey key) {}

    /** @param kept what is kept of the answer */
    private record Outcome<R>(QueryResult<R> result, @Nullable Kept<R> kept, boolean fromCache) {

        static <R> Outcome<R> failed(QueryError error) {
            return new Outcome<>(new QueryResult.Failed<>(error), null, false);
        }
    }

    /** @param sharing null where nobody shares the answer */
    HandlerRun(Answering<Q, R> answering, Q query, @Nullable Sharing<Q, R> sharing) {
        this.answering = answering;
        this.query = query;
        this.sharing = sharing;
    }

    /** Whether its rows are not older than those that are served at this moment. */
    boolean covers(List<@Nullable RowsDigest> served) {
        synchronized (callers) {
            return switch (reads) {
                case LATER -> true;
                case UNKNOWN -> false;
                case KNOWN -> digests.equals(served);
            };
        }
    }

    /** Answers this caller too; false where it is over. */
    boolean add(Asked<R> caller) {
        synchronized (callers) {
            return !over && callers.add(caller);
        }
    }

    /** A caller does not wait any more. */
    void leave(Asked<R> caller) {
        Thread running;
        synchronized (callers) {
            if (over || !callers.remove(caller) || !callers.isEmpty()) {
                return;
            }
            over = true;
            running = thread;
        }
        if (running != null) {
            running.interrupt();
        }
        tell(null);
    }

    private void tell(@Nullable Kept<R> kept) {
        if (sharing != null) {
            sharing.runs.over(sharing.key, this, kept);
        }
    }

    /** Begins; where all callers have gone, does not. */
    void start() {
        synchronized (callers) {
            if (!over) {
                thread = Thread.ofVirtual().name("allframe-query").start(this::run);
            }
        }
    }

    private void run() {
        Outcome<R> outcome;
        try {
            answering.turns().acquire();
        } catch (InterruptedException nobodyWaits) {
            return;
        }
        try {
            outcome = outcome();
        } finally {
            answering.turns().release();
        }
        end(outcome);
    }

    private Outcome<R> outcome() {
        try {
            read(Reads.UNKNOWN, List.of()); // before anything is looked at that may hold for this moment alone
            Kept<R> known = sharing == null ? null : sharing.runs.kept(sharing.key);
            if (known != null) {
                return new Outcome<>(new QueryResult.Answered<>(known.value()), null, true);
            }
            long now = answering.clock().millis();
            try (MomentOfViews views = new MomentOfViews(answering.views())) {
                read(Reads.KNOWN, views.digests());
                return called(views, now);
            }
        } catch (Throwable failed) {
            return Outcome.failed(errorOf(failed));
        }
    }

    private void read(Reads what, List<@Nullable RowsDigest> of) {
        synchronized (callers) {
            reads = what;
            digests = of;
        }
    }

    private Outcome<R> called(MomentOfViews views, long begunAtMillis) {
        long begun = System.nanoTime();
        try {
            R value = answering.type().handler().answer(query, views);
            if (value == null) {
                return Outcome.failed(new QueryError.HandlerFailed("the handler of " + query.getClass().getName()
                        + " gave null: give an Optional where an answer may be missing"));
            }
            return new Outcome<>(new QueryResult.Answered<>(value), new Kept<>(value, views.digests(), begunAtMillis),
                    false);
        } catch (Throwable failed) {
            String damaged = views.damaged();
            return Outcome.failed(damaged == null
                    ? errorOf(failed)
                    : new QueryError.ViewNotReady(damaged, "view '" + damaged + "' is damaged, and is built anew"));
        } finally {
            answering.counts().ended(System.nanoTime() - begun);
        }
    }

    /** What a caller is told of a failure. */
    static QueryError errorOf(Throwable failure) {
        Throwable cause = Failures.unwrapped(failure);
        return switch (cause) {
            case ViewNotReadyException unready ->
                new QueryError.ViewNotReady(unready.view(), Failures.message(unready));
            case EventStoreException failed -> new QueryError.StorageUnavailable(Failures.description(failed));
            default -> new QueryError.HandlerFailed(Failures.description(cause));
        };
    }

    private void end(Outcome<R> outcome) {
        List<Asked<R>> answered;
        synchronized (callers) {
            if (over) {
                return;
            }
            over = true;
            answered = List.copyOf(callers);
            callers.clear();
        }
        answering.counts().cached(answered.size() - (outcome.fromCache ? 0 : 1));
        try {
            tell(outcome.kept);
        } finally { // a query's equals may throw
            answered.forEach(caller -> caller.answer(outcome.result));
        }
    }
}
