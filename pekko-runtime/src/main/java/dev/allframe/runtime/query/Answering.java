package dev.allframe.runtime.query;

import dev.allframe.query.Query;
import dev.allframe.query.QueryType;
import dev.allframe.runtime.projection.QueriedView;
import dev.allframe.runtime.projection.RowsDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * What the runs of one handler have in common.
 *
 * @param views those that the query reads
 * @param turns one for each run that may be under way
 * @param clock says how old cached answers are
 */
record Answering<Q extends Query<R>, R>(QueryType<Q, R> type, List<QueriedView<?, ?>> views, Semaphore turns,
        Clock clock, QueryCounts counts) {

    /** Of the rows that the views serve at this moment; null for a view that serves none. */
    List<@Nullable RowsDigest> served() {
        List<@Nullable RowsDigest> served = new ArrayList<>(views.size());
        views.forEach(view -> served.add(view.servedRows()));
        return served;
    }
}
