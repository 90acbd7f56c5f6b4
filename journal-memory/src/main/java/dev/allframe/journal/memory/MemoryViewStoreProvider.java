package dev.allframe.journal.memory;

import dev.allframe.journal.plugin.StorageSettings;
import dev.allframe.journal.plugin.ViewStoreProvider;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewStore;
import org.apache.pekko.actor.ActorSystem;

/**
 * Opens views in memory. Each actor system has its own, also where several share a store of events; they are gone, and
 * built anew, when the system has terminated.
 */
public final class MemoryViewStoreProvider implements ViewStoreProvider {

    @Override
    public ViewStore open(ActorSystem system, StorageSettings settings, EventStoreBackend backend) {
        return new MemoryViewStore();
    }
}
