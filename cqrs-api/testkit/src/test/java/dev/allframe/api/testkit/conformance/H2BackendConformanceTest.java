package dev.allframe.api.testkit.conformance;

import dev.allframe.store.EventStoreBackend;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class H2BackendConformanceTest extends DurableBackendConformance {

    @TempDir
    private static Path folder;

    @Override
    protected EventStoreBackend open(int maxRecordBytes) {
        return H2Backend.open(folder, maxRecordBytes);
    }

    @Override
    protected EventStoreBackend reopen(EventStoreBackend closed, int maxRecordBytes) {
        return H2Backend.reopen(folder, closed.storeId(), maxRecordBytes);
    }
}
