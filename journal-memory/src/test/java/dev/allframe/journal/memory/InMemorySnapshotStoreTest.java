package dev.allframe.journal.memory;

import com.typesafe.config.ConfigFactory;
import dev.allframe.journal.conformance.SnapshotStoreConformance;

class InMemorySnapshotStoreTest extends SnapshotStoreConformance {
    InMemorySnapshotStoreTest() {
        super(ConfigFactory.empty(), "inmemory.snapshot");
    }
}
