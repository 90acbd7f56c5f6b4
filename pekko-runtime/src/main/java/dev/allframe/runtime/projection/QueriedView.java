package dev.allframe.runtime.projection;

import dev.allframe.projection.View;
import dev.allframe.projection.ViewNotReadyException;
import org.jspecify.annotations.Nullable;

/** A view as queries read it. Thread-safe. */
public final class QueriedView<K, R> {

    private final ServedView<K, R> view;

    QueriedView(ServedView<K, R> view) {
        this.view = view;
    }

    /** The view, on which tokens are awaited. */
    public View<K, R> view() {
        return view;
    }

    /** Of the rows that are served, or of older ones while a write is being published; null where none are. */
    public @Nullable RowsDigest served() {
        Published now = view.published();
        return now == null ? null : RowsDigest.of(now.state());
    }

    /**
     * The rows as they are, to be closed.
     *
     * @throws ViewNotReadyException while nothing is served
     */
    public ViewMoment<K, R> moment() {
        return view.moment();
    }
}
