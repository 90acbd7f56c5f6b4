package dev.allframe.api.testkit.conformance;

import dev.allframe.store.EventStoreBackend;

final class H2BackendConformanceTest extends EventStoreBackendConformance {

    @Override
    protected EventStoreBackend open(int maxRecordBytes) {
        return H2Backend.open(maxRecordBytes);
    }
}
