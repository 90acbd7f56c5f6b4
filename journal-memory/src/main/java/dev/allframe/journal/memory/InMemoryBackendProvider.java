package dev.allframe.journal.memory;

import com.typesafe.config.Config;
import dev.allframe.journal.plugin.BackendProvider;
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

    private static final Map<String, Shared> SHARED = new HashMap<>(); // guarded by itself

    @Override
    public EventStoreBackend open(ActorSystem system, Config storageConfig) {
        InMemoryConfig config = new InMemoryConfig(maxEvents(storageConfig), maxRecordBytes(storageConfig));
        String name = storageConfig.getString("shared-as");
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

    private static long maxEvents(Config config) {
        return config.getString("max-events").equals("unlimited") ? Long.MAX_VALUE : config.getLong("max-events");
    }

    private static int maxRecordBytes(Config config) {
        return Math.clamp(config.getBytes("max-record-size"), 0, Integer.MAX_VALUE);
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
