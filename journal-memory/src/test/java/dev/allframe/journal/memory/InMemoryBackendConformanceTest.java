package dev.allframe.journal.memory;

import dev.allframe.api.testkit.conformance.EventStoreBackendConformance;
import dev.allframe.store.EventStoreBackend;

class InMemoryBackendConformanceTest extends EventStoreBackendConformance {
    @Override
    protected EventStoreBackend open(int maxRecordBytes) {
        return InMemoryBackend.open(InMemoryConfig.unbounded().withMaxRecordBytes(maxRecordBytes));
    }
}
