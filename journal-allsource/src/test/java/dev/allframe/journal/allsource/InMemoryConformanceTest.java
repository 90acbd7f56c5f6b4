package dev.allframe.journal.allsource;

import dev.allframe.api.testkit.conformance.EventStoreBackendConformance;
import dev.allframe.store.EventStoreBackend;

/** The engine on memory. */
final class InMemoryConformanceTest extends EventStoreBackendConformance {

    @Override
    protected EventStoreBackend open(int maxRecordBytes) {
        return AllSourceBackend.withConfig(AllSourceConfig.inMemory().withMaxRecordBytes(maxRecordBytes));
    }
}
