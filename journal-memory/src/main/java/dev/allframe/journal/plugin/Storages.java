package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.jspecify.annotations.Nullable;

/**
 * The storages of one actor system. A storage root is a section of the configuration, such as {@code inmemory}; its
 * plugins, such as {@code inmemory.journal} and {@code inmemory.query}, share one backend, which is opened when it is
 * first asked for. A copy of the section under another name is another storage.
 *
 * <p>A storage may keep views beside its events; they are opened when they are first asked for.
 *
 * <p>Backends are closed, after their views, in the phase {@code before-actor-system-terminate} of the coordinated
 * shutdown, when entities
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

    /**
     * The views of a storage root, opened with its backend if they are not: by the provider in its key {@code views},
     * in memory where it has none. They belong to the actor system: do not close them.
     *
     * @param root the path of the section, {@code inmemory}
     * @throws IllegalArgumentException if there is no such section, or what it names is no provider of views
     * @throws dev.allframe.store.StoreClosedException if the storage is closed
     */
    public ViewStore views(String root) {
        return open.computeIfAbsent(root, this::open).views(() -> openViews(root));
    }

    private ViewStore openViews(String root) {
        StorageSettings settings = settings(root);
        if (!settings.has("views")) {
            return new MemoryViewStore();
        }
        return provider(settings, "views", PluginSections.VIEWS, ViewStoreProvider.class)
                .open(system, settings, backend(root));
    }

    private StorageSettings settings(String root) {
        return StorageSettings.of(system.settings().config(), root, system.dynamicAccess().classLoader());
    }

    /** The backend of the storage root that a plugin belongs to: the path of the plugin without its last segment. */
    EventStoreBackend backendOf(String pluginId) {
        return backend(rootOf(pluginId));
    }

    /** The views of the storage root that a plugin belongs to. */
    ViewStore viewsOf(String pluginId) {
        return views(rootOf(pluginId));
    }

    private static String rootOf(String pluginId) {
        int end = pluginId.lastIndexOf('.');
        if (end < 0) {
            throw new IllegalArgumentException(
                    "plugin id '" + pluginId + "' must be <storage root>.<plugin>, as in inmemory.journal");
        }
        return pluginId.substring(0, end);
    }

    private Open open(String root) {
        Config all = system.settings().config();
        if (!all.hasPath(root + ".provider")) {
            throw new IllegalArgumentException(
                    "no storage '" + root + "': the configuration has no key " + root + ".provider");
        }
        StorageSettings settings = settings(root);
        BackendProvider provider = provider(settings, "provider", PluginSections.PROVIDER, BackendProvider.class);
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

    private <T> T provider(StorageSettings settings, String name, String allowed, Class<T> type) {
        return settings.value(name, allowed, (config, key) -> {
            try {
                return system.dynamicAccess()
                        .classLoader()
                        .loadClass(config.getString(key))
                        .asSubclass(type)
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
        private @Nullable ViewStore views; // guarded by this
        private boolean closed; // guarded by this

        Open(BackendProvider provider, EventStoreBackend backend) {
            this.provider = provider;
            this.backend = backend;
        }

        synchronized ViewStore views(Supplier<ViewStore> opening) {
            if (closed) {
                throw new StoreClosedException("views of " + backend.storeId());
            }
            ViewStore opened = views == null ? opening.get() : views;
            views = opened;
            return opened;
        }

        /** The views first: they are kept where the events are. */
        synchronized void close() {
            if (closed) {
                return;
            }
            closed = true;
            try {
                if (views != null) {
                    views.close();
                }
            } finally {
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
