package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import dev.allframe.store.EventStoreBackend;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;

/**
 * The storages of one actor system. A storage root is a section of the configuration, such as {@code inmemory}; its
 * plugins, such as {@code inmemory.journal} and {@code inmemory.query}, share one backend, which is opened when it is
 * first asked for. A copy of the section under another name is another storage.
 *
 * <p>Backends are closed in the phase {@code before-actor-system-terminate} of the coordinated shutdown, when entities
 * have stopped, and in any case when the actor system has terminated. Thread-safe.
 */
public final class Storages implements Extension {

    private static final Id ID = new Id();

    private final ExtendedActorSystem system;
    private final ConcurrentMap<String, Open> open = new ConcurrentHashMap<>();

    private Storages(ExtendedActorSystem system) {
        this.system = system;
    }

    /** The storages of an actor system, typed or classic. */
    public static Storages get(ClassicActorSystemProvider system) {
        return ID.get(system);
    }

    /**
     * The backend of a storage root, opened if it is not. It belongs to the actor system: do not close it.
     *
     * @param root the path of the section, {@code inmemory}
     * @throws IllegalArgumentException if there is no such section or it names no provider
     */
    public EventStoreBackend backend(String root) {
        return open.computeIfAbsent(root, this::open).backend;
    }

    /** The backend of the storage root that a plugin belongs to: the path of the plugin without its last segment. */
    EventStoreBackend backendOf(String pluginId) {
        int end = pluginId.lastIndexOf('.');
        if (end < 0) {
            throw new IllegalArgumentException(
                    "plugin id '" + pluginId + "' must be <storage root>.<plugin>, as in inmemory.journal");
        }
        return backend(pluginId.substring(0, end));
    }

    private Open open(String root) {
        Config all = system.settings().config();
        if (!all.hasPath(root + ".provider")) {
            throw new IllegalArgumentException(
                    "no storage '" + root + "': the configuration has no key " + root + ".provider");
        }
        StorageSettings settings = StorageSettings.of(all, root, system.dynamicAccess().classLoader());
        BackendProvider provider = provider(settings);
        Open opened = new Open(provider, provider.open(system, settings));
        try {
            system.registerOnTermination(opened::close);
        } catch (RejectedExecutionException terminated) {
            opened.close();
            throw terminated;
        }
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
                        "close-storage-" + root, () -> {
                            opened.close();
                            return CompletableFuture.completedFuture(Done.getInstance());
                        });
        return opened;
    }

    private BackendProvider provider(StorageSettings settings) {
        return settings.value("provider", PluginSections.PROVIDER, (config, key) -> {
            try {
                return system.dynamicAccess()
                        .classLoader()
                        .loadClass(config.getString(key))
                        .asSubclass(BackendProvider.class)
                        .getConstructor()
                        .newInstance();
            } catch (ReflectiveOperationException | ClassCastException unfit) {
                throw new IllegalArgumentException(unfit);
            }
        });
    }

    private static final class Open {
        private final BackendProvider provider;
        private final EventStoreBackend backend;
        private final AtomicBoolean closed = new AtomicBoolean();

        Open(BackendProvider provider, EventStoreBackend backend) {
            this.provider = provider;
            this.backend = backend;
        }

        void close() {
            if (closed.compareAndSet(false, true)) {
                provider.close(backend);
            }
        }
    }

    private static final class Id extends AbstractExtensionId<Storages> {
        @Override
        public Storages createExtension(ExtendedActorSystem system) {
            return new Storages(system);
        }
    }
}
