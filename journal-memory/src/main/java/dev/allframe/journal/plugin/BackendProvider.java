package dev.allframe.journal.plugin;

import dev.allframe.store.EventStoreBackend;
import org.apache.pekko.actor.ActorSystem;

/**
 * Opens a storage for the Pekko plugins. A storage names its implementation, which has a public constructor without
 * parameters, in the key {@code provider} of its section of the configuration.
 */
public interface BackendProvider {

    /**
     * Opens the storage. Called once for each actor system and storage root; an exception reaches everyone who asks for
     * the storage.
     *
     * @param system who uses it
     * @param settings the section of the storage root, which holds the sections of the plugins too
     * @throws IllegalArgumentException if a value is not allowed; names the whole key, as {@link StorageSettings} does
     */
    EventStoreBackend open(ActorSystem system, StorageSettings settings);

    /** Closes what {@link #open} returned. Called once for each call of it, while the actor system terminates. */
    default void close(EventStoreBackend backend) {
        backend.close();
    }
}
