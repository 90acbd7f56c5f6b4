package dev.allframe.journal.allsource;

import dev.allframe.journal.conformance.SnapshotStoreConformance;

final class AllSourceSnapshotStoreTest extends SnapshotStoreConformance {

    AllSourceSnapshotStoreTest() {
        super(Stores.inNewDirectory(), "allsource.snapshot");
    }
}
