package dev.allframe.store;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A storage: stored bytes in, stored bytes out. This is all that a new storage implements; the typed {@link EventStore}
 * and the Pekko persistence plugins stand on it. The suite {@code EventStoreBackendConformance} says in tests what the
 * interfaces say in words.
 *
 * <p>Thread-safe. Positions follow the order of commits; a record is readable at once when its append has completed, to
 * all readers and in all ways.
 *
 * <p>Texts, which are ids, types, tags, headers, writers and manifests, come back char by char as they were given,
 * without normalisation. A storage that cannot keep a text, such as an unpaired surrogate in UTF-8, fails the stage
 * with {@link IllegalArgumentException} and stores nothing; it never changes one.
 *
 * <p>What a method that returns a stage refuses, it refuses by a stage that fails, and not by throwing: a null or an
 * argument out of its range too.
 *
 * <p>A stage is completed on a thread that the store does not need: on the caller's before the method returns, or on a
 * virtual thread of its own. So what a caller does in {@code thenApply} may block, read the store and wait for it. On
 * Java 21 to 23 a virtual thread that blocks inside {@code synchronized} holds one of the few threads that run them
 * all: use a lock of {@code java.util.concurrent} there. Predicates and filters run on such threads as well; callbacks
 * of {@link EventReader#onAppend(Runnable)} alone run on the store's.
 */
public interface EventStoreBackend extends EventAppender, EventReader, SnapshotStore, DurableStateStore, AutoCloseable {

    /** Identifies the stored data: the same after a restart on the same data, another for any other data. */
    String storeId();

    /** Completes when everything acknowledged before is in its final place and form. */
    CompletionStage<Void> flush();

    /** Counters; after {@code close()} those of that moment. */
    BackendStats stats();

    /**
     * Why no changes are taken at this moment; null where they are. For health checks: it never waits, and costs less
     * than {@link #stats()}, which says it too.
     */
    default @Nullable ChangesRefused changesRefused() {
        return stats().changesRefused();
    }

    /**
     * Waits for the calls under way and refuses all further ones with {@link StoreClosedException}, except
     * {@code storeId()} and {@code stats()}: stages fail with it, registering throws it. Every registered callback is
     * called once more, so that whoever sleeps finds the store closed. Closing twice does nothing.
     */
    @Override
    void close();
}
