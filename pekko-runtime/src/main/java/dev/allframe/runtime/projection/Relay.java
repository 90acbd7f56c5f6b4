package dev.allframe.runtime.projection;

import dev.allframe.projection.fold.RowChange;
import java.util.List;

/**
 * Is told what a view serves and how it is doing. Called by the threads that write and operate the view, which it does
 * not hold up.
 */
interface Relay<K, R> {

    /** Rows are served: a page was written, or another generation has taken the place of the one before. */
    void published(Published now);

    /** Rows that are served have changed: called behind {@link #published} of their page. */
    void changed(List<RowChange<K, R>> changes);

    /** What the view is doing has changed, or it serves nothing any more. */
    void altered();

    /** The view is not opened again. */
    void ended();

    /** Tells nobody. */
    static <K, R> Relay<K, R> toNobody() {
        return new Relay<>() {
            @Override
            public void published(Published now) {
                // nobody asks another than the view
            }

            @Override
            public void changed(List<RowChange<K, R>> changes) {
                // as above
            }

            @Override
            public void altered() {
                // as above
            }

            @Override
            public void ended() {
                // as above
            }
        };
    }
}
