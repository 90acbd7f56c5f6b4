package dev.allframe.api.testkit.conformance;

import dev.allframe.store.Append;
import dev.allframe.store.EventStoreBackend;
import java.time.Duration;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link EventStoreBackend} does, as tests. A backend joins by extending this class and opening a store:
 *
 * <pre>{@code
 * final class MyBackendConformanceTest extends EventStoreBackendConformance {
 *     @Override
 *     protected EventStoreBackend open(int maxRecordBytes) {
 *         return MyBackend.open(newDirectory(), maxRecordBytes);
 *     }
 * }
 * }</pre>
 *
 * <p>Each test opens stores of its own, closes them, and asserts something that only a store which really keeps data
 * can fulfil. A backend whose data are still there after it was closed joins {@link DurableBackendConformance} instead.
 */
public abstract class EventStoreBackendConformance {

    /**
     * Opens a fresh, empty store with an id of its own. The suite closes it.
     *
     * @param maxRecordBytes the limit of one record by {@link Append#largestRecordBytes}: one of this size is stored, a
     *         larger one is refused
     */
    protected abstract EventStoreBackend open(int maxRecordBytes);

    /** How long the suite waits for what should happen, at most. */
    protected Duration patience() {
        return Duration.ofSeconds(30);
    }

    @Nested
    class Appends extends AppendConformance {
        Appends() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class Concurrency extends ConcurrencyConformance {
        Concurrency() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class Deletes extends DeleteConformance {
        Deletes() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class AppendsOfMany extends AppendEachConformance {
        AppendsOfMany() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class StreamReads extends StreamReadConformance {
        StreamReads() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class AllEvents extends AllEventsConformance {
        AllEvents() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class Filters extends FilterConformance {
        Filters() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class Subscriptions extends SubscriptionConformance {
        Subscriptions() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class WakeUps extends WakeUpConformance {
        WakeUps() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class Envelopes extends EnvelopeConformance {
        Envelopes() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class StoredTypes extends StoredTypeConformance {
        StoredTypes() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class Names extends NameConformance {
        Names() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class Snapshots extends SnapshotConformance {
        Snapshots() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class DurableStates extends DurableStateConformance {
        DurableStates() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class StateChanges extends StateChangeConformance {
        StateChanges() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class RandomHistories extends RandomHistoryConformance {
        RandomHistories() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class Completions extends CompletionConformance {
        Completions() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class Pages extends PageConformance {
        Pages() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class Arguments extends ArgumentConformance {
        Arguments() {
            super(EventStoreBackendConformance.this);
        }
    }

    @Nested
    class Lifecycle extends LifecycleConformance {
        Lifecycle() {
            super(EventStoreBackendConformance.this);
        }
    }
}
