package dev.allframe.api.testkit.conformance;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.view.ViewStore;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link ViewStore} does, as tests. A storage of views joins by extending this class and opening a store, as
 * a backend joins {@link EventStoreBackendConformance}. One whose views are still there after it was closed joins
 * {@link DurableViewStoreConformance} instead.
 */
@Guarantee("G7")
public abstract class ViewStoreConformance {

    /** Opens a fresh, empty store. The suite closes it. */
    protected abstract ViewStore open();

    @Nested
    class Generations extends ViewGenerationConformance {
        Generations() {
            super(ViewStoreConformance.this);
        }
    }

    @Nested
    class Batches extends ViewBatchConformance {
        Batches() {
            super(ViewStoreConformance.this);
        }
    }

    @Nested
    class Reads extends ViewReadConformance {
        Reads() {
            super(ViewStoreConformance.this);
        }
    }

    @Nested
    class Ends extends ViewEndConformance {
        Ends() {
            super(ViewStoreConformance.this);
        }
    }
}
