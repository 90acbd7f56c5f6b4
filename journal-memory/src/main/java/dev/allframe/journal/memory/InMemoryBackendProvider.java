package dev.allframe.journal.memory;

import dev.allframe.journal.plugin.BackendProvider;
import dev.allframe.journal.plugin.StorageSettings;
import dev.allframe.store.EventStoreBackend;
import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.ActorSystem;

/**
 * Opens stores in memory for the Pekko plugins, from a configuration section such as {@code inmemory}. Systems of this
 * process that use the same name in {@code shared-as} get the same store, which is closed when the last of them has
 * closed it.
 */
public final class InMemoryBackendProvider implements BackendProvider {

    private static final String SHARED_AS = "shared-as";
    private static final Map<String, Shared> SHARED = new HashMap<>(); // guarded by itself

    @Override
    public EventStoreBackend open(ActorSystem system, StorageSettings settings) {
        InMemoryConfig config = config(settings);
        String name = settings.text(SHARED_AS);
        return name.isEmpty() ? InMemoryBackend.open(config) : share(name, config);
    }

    @Override
    public void close(EventStoreBackend backend) {
        synchronized (SHARED) {
            for (Shared shared : SHARED.values()) {
                if (shared.backend == backend && --shared.users > 0) {
                    return;
                }
            }
            SHARED.values().removeIf(shared -> shared.backend == backend);
        }
        backend.close();
    }

    private static EventStoreBackend share(String name, InMemoryConfig config) {
        synchronized (SHARED) {
            Shared shared = SHARED.computeIfAbsent(name, free -> new Shared(config));
            if (!shared.config.equals(config)) {
                throw new IllegalStateException("the store shared as '" + name + "' is open with " + shared.config
                        + " and cannot be opened with " + config);
            }
            shared.users++;
            return shared.backend;
        }
    }

    /**
     * What the section of a store says.
     *
     * @throws IllegalArgumentException for the first value that is not allowed, with its whole key
     */
    static InMemoryConfig config(StorageSettings settings) {
        settings.text(SHARED_AS);
        InMemoryConfig events = settings.value("max-events", "1 or more, or unlimited",
                (config, key) -> config.getString(key).equals("unlimited")
                        ? InMemoryConfig.unbounded()
                        : InMemoryConfig.bounded(config.getLong(key)));
        return settings.value("max-record-size", "1B to 2147483647B",
                (config, key) -> events.withMaxRecordBytes(recordBytes(config.getBytes(key))));
    }

    private static int recordBytes(long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("an array has no " + bytes + " bytes");
        }
        return Math.clamp(bytes, 0, Integer.MAX_VALUE);
    }

    private static final class Shared {
        private final InMemoryConfig config;
        private final InMemoryBackend backend;
        private int users;

        Shared(InMemoryConfig config) {
            this.config = config;
            this.backend = InMemoryBackend.open(config);
        }
    }
}
