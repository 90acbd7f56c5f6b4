package dev.allframe.store;

import java.util.concurrent.CompletionStage;

/**
 * A storage: stored bytes in, stored bytes out. This is all that a new storage implements; the typed {@link EventStore} and the Pekko persistence plugins
 * stand on it. The suite {@code EventStoreBackendConformance} says in tests what the interfaces say in words.
 *
 * <p>Thread-safe. Positions follow the order of commits; a record is readable at once when its append has completed, to all readers and in all ways.
 */
public interface EventStoreBackend extends EventAppender, EventReader, SnapshotStore, DurableStateStore, AutoCloseable {

    /** Identifies the stored data: the same after a restart on the same data, another for any other data. */
    String storeId();

    /** Completes when everything acknowledged before is in its final place and form. */
    CompletionStage<Void> flush();

    /** Counters. */
    BackendStats stats();

    /** Refuses all further calls and waits for those under way. Closing twice does nothing. */
    @Override
    void close();
}
