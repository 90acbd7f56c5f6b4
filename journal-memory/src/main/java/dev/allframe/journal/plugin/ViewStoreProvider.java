package dev.allframe.journal.plugin;

import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.view.ViewStore;
import org.apache.pekko.actor.ActorSystem;

/**
 * Opens the views that belong to a storage. A storage names its implementation, which has a public constructor without
 * parameters, in the key {@code views} of its section of the configuration; the views of one without are in memory.
 */
public interface ViewStoreProvider {

    /**
     * Opens the views, which are nobody else's. Called once for each actor system and storage root, when they are first
     * asked for; an exception reaches everyone who asks for them, and the next one who asks tries again. What is
     * returned is closed before the backend, while the actor system terminates.
     *
     * @param system who uses them
     * @param settings the section of the storage root
     * @param backend the storage of the events, which is open
     * @throws IllegalArgumentException if a value is not allowed; names the whole key, as {@link StorageSettings} does
     */
    ViewStore open(ActorSystem system, StorageSettings settings, EventStoreBackend backend);
}
