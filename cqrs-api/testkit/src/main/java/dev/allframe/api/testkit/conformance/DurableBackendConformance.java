package dev.allframe.api.testkit.conformance;

import dev.allframe.store.EventStoreBackend;
import org.junit.jupiter.api.Nested;

/**
 * What an {@link EventStoreBackend} whose data outlive it does, as tests: all of {@link EventStoreBackendConformance},
 * and that everything is still there after the store was closed and opened again. What is left after a crash is for the
 * tests of the backend.
 */
public abstract class DurableBackendConformance extends EventStoreBackendConformance {

    /**
     * Opens the data of a closed store again. The suite closes what it returns.
     *
     * @param closed a store that {@link #open} or this method returned, closed by now
     * @param maxRecordBytes as for {@link #open}
     */
    protected abstract EventStoreBackend reopen(EventStoreBackend closed, int maxRecordBytes);

    @Nested
    class Restarts extends RestartConformance {
        Restarts() {
            super(DurableBackendConformance.this);
        }
    }
}
