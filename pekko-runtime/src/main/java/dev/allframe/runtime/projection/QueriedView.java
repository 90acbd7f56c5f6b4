package dev.allframe.runtime.projection;

import dev.allframe.projection.View;
import org.jspecify.annotations.Nullable;

/** A view as queries read it. Thread-safe. */
public interface QueriedView<K, R> {

    /** The view, on which tokens are awaited. */
    View<K, R> view();

    /** Of the rows that are served, or of older ones while a write is being published; null where none are. */
    @Nullable RowsDigest servedRows();

    /**
     * The rows as they are, to be closed. They stay as they are until then.
     *
     * @throws dev.allframe.projection.ViewNotReadyException while nothing is served
     */
    ViewMoment<K, R> moment();
}
