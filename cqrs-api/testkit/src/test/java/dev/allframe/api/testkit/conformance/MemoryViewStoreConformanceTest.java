package dev.allframe.api.testkit.conformance;

import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewStore;

/** Views in memory. */
final class MemoryViewStoreConformanceTest extends ViewStoreConformance {

    @Override
    protected ViewStore open() {
        return new MemoryViewStore();
    }
}
