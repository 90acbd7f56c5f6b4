package dev.allframe.api.testkit.conformance;

import dev.allframe.store.view.ViewStore;
import org.junit.jupiter.api.Nested;

/**
 * What a {@link ViewStore} whose views outlive it does, as tests: all of {@link ViewStoreConformance}, and that
 * everything flushed is still there after the store was closed and opened again. What is left after a crash is for the
 * tests of the storage.
 */
public abstract class DurableViewStoreConformance extends ViewStoreConformance {

    /**
     * Opens the views of a closed store again. The suite closes what it returns.
     *
     * @param closed a store that {@link #open} or this method returned, closed by now
     */
    protected abstract ViewStore reopen(ViewStore closed);

    @Nested
    class Restarts extends ViewRestartConformance {
        Restarts() {
            super(DurableViewStoreConformance.this);
        }
    }
}
