package dev.allframe.journal.allsource;

import dev.allframe.journal.allsource.tables.RocksMemory;
import dev.allframe.journal.allsource.views.RocksViewStore;
import dev.allframe.journal.plugin.StorageSettings;
import dev.allframe.journal.plugin.ViewStoreProvider;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.view.ViewStore;
import org.apache.pekko.actor.ActorSystem;

/**
 * Opens the views in a durable store's directory, from a configuration section such as {@code allsource}. The backend
 * holds the lock of the directory.
 */
public final class AllSourceViewStoreProvider implements ViewStoreProvider {

    @Override
    public ViewStore open(ActorSystem system, StorageSettings settings, EventStoreBackend backend) {
        return RocksViewStore.open(AllSourceBackendProvider.directory(settings), memoryBytes(settings));
    }

    /** What views may take together. */
    static long memoryBytes(StorageSettings settings) {
        return settings.value("views-memory", "8MiB or more", (all, key) -> RocksMemory.checked(all.getBytes(key)));
    }
}
