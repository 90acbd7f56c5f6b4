package dev.allframe.runtime.storage;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import dev.allframe.failure.Failures;
import dev.allframe.store.BackendAccess;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewStoreAccess;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.javadsl.ReadJournal;
import org.jspecify.annotations.Nullable;

/**
 * The persistence plugins that keep the aggregates of an actor system.
 *
 * @param name how the configuration calls the storage
 * @param journal the journal's plugin id
 * @param snapshot the snapshot store's plugin id
 * @param visibility who sees what is stored
 * @param backend the store behind the plugins, where they are ours; null for other journals
 * @param views gives the storage of views that belongs to it; in memory where the storage has none of its own
 * @param watch what instances have met when they used the plugins
 */
public record StoragePlugins(String name, String journal, String snapshot, Visibility visibility,
        @Nullable EventStoreBackend backend, Supplier<ViewStore> views, StorageWatch watch) {

    /** Who sees what is stored. */
    public enum Visibility {
        /** This process alone. */
        PROCESS,
        /** Every member of the cluster. */
        CLUSTER,
        /** The configuration does not say. */
        UNKNOWN
    }

    private static final String STORAGES = "allframe.storages";
    private static final String PEKKO_JOURNAL = "pekko.persistence.journal.plugin";
    private static final String PEKKO_SNAPSHOTS = "pekko.persistence.snapshot-store.plugin";
    private static final String PLUGIN = "the id of a persistence plugin that has a section in the configuration";
    private static final String VISIBILITIES = "process or cluster";

    /**
     * The plugins that the configuration names. A store of ours is opened, so that what cannot be opened is found at
     * start.
     *
     * @throws ConfigurationException if the configuration names none, or one that does not exist
     */
    public static StoragePlugins of(ActorSystem<?> system) {
        return of(system, system.settings().config());
    }

    /** As {@link #of(ActorSystem)}, with the configuration of the actor system. */
    static StoragePlugins of(ActorSystem<?> system, Config config) {
        String name = storage(config);
        return name.isEmpty() ? pekkoDefault(system, config) : named(system, config, name);
    }

    /** Whether the configuration names no storage, neither to AllFrame nor to Pekko. */
    public static boolean namesNone(Config config) {
        return storage(config).isEmpty() && Setting.text(config, PEKKO_JOURNAL, PLUGIN).isEmpty();
    }

    private static String storage(Config config) {
        return Setting.text(config, "allframe.storage", "the name of a storage, or empty");
    }

    private static StoragePlugins named(ActorSystem<?> system, Config config, String name) {
        if (!known(config).contains(name)) {
            throw new ConfigurationException("allframe.storage = " + name + " must be a storage of the class path, "
                    + "which has " + known(config)
                    + "; add the module that brings it, such as allframe-journal-memory for \"memory\", or name another");
        }
        String storage = pathOf(name);
        String journal = existing(config, storage + ".journal");
        String snapshot = existing(config, storage + ".snapshot");
        String query = existing(config, storage + ".query");
        existing(config, storage + ".state");
        return new StoragePlugins(name, journal, snapshot, visibility(config, storage + ".visible-to"),
                backend(system, name, query), () -> views(system, name, query), new StorageWatch());
    }

    private static StoragePlugins pekkoDefault(ActorSystem<?> system, Config config) {
        if (Setting.text(config, PEKKO_JOURNAL, PLUGIN).isEmpty()) {
            throw new ConfigurationException("no storage is configured: set allframe.storage to one of " + known(config)
                    + ", or pekko.persistence.journal.plugin and pekko.persistence.snapshot-store.plugin to plugins of your choice");
        }
        String journal = existing(config, PEKKO_JOURNAL);
        for (String name : known(config)) {
            if (existing(config, pathOf(name) + ".journal").equals(journal)) {
                return named(system, config, name);
            }
        }
        boolean hasSnapshots = !Setting.text(config, PEKKO_SNAPSHOTS, PLUGIN).isEmpty();
        Visibility visibility = isPekkosOwnLocalJournal(journal)
                ? Visibility.PROCESS
                : foreignVisibility(config);
        return new StoragePlugins(journal, journal, hasSnapshots ? existing(config, PEKKO_SNAPSHOTS) : "", visibility,
                null, MemoryViewStore::new, new StorageWatch());
    }

    private static String pathOf(String name) {
        return ConfigUtil.joinPath("allframe", "storages", name);
    }

    /** The journals that Pekko itself brings keep their data in the process or beside it. */
    private static boolean isPekkosOwnLocalJournal(String journal) {
        return Set.of("pekko.persistence.journal.inmem", "pekko.persistence.journal.leveldb",
                "pekko.persistence.testkit.journal").contains(journal);
    }

    private static Set<String> known(Config config) {
        return Setting.read(config, STORAGES, "the sections of storages, by their names",
                (all, key) -> new TreeSet<>(all.getObject(key).keySet()));
    }

    private static String existing(Config config, String key) {
        return Setting.read(config, key, PLUGIN + "; correct the name, or add the module that brings it to the class"
                + " path", (all, path) -> {
                    String plugin = all.getString(path);
                    if (!all.hasPath(plugin + ".class")) {
                        throw new IllegalArgumentException(plugin);
                    }
                    return plugin;
                });
    }

    private static Visibility foreignVisibility(Config config) {
        String key = "allframe.pekko-journal-visible-to";
        return Setting.text(config, key, VISIBILITIES).isEmpty() ? Visibility.UNKNOWN : visibility(config, key);
    }

    private static Visibility visibility(Config config, String key) {
        return Setting.read(config, key, VISIBILITIES, (all, path) -> switch (all.getString(path)) {
            case "process" -> Visibility.PROCESS;
            case "cluster" -> Visibility.CLUSTER;
            case String other -> throw new IllegalArgumentException(other);
        });
    }

    private static @Nullable EventStoreBackend backend(ActorSystem<?> system, String name, String query) {
        try {
            ReadJournal journal = PersistenceQuery.get(system).getReadJournalFor(ReadJournal.class, query);
            return journal instanceof BackendAccess access ? access.backend() : null;
        } catch (RuntimeException | LinkageError failed) { // such as a native library that does not load
            throw new ConfigurationException("storage \"" + name + "\" cannot be opened: " + sentence(failed), failed);
        }
    }

    private static ViewStore views(ActorSystem<?> system, String name, String query) {
        try {
            ReadJournal journal = PersistenceQuery.get(system).getReadJournalFor(ReadJournal.class, query);
            return journal instanceof ViewStoreAccess access ? access.views() : new MemoryViewStore();
        } catch (RuntimeException | LinkageError failed) {
            throw new ConfigurationException("the views of storage \"" + name + "\" cannot be opened: "
                    + sentence(failed), failed);
        }
    }

    /**
     * What the storage says: the failure that lies under those of Pekko, of reflection and of stages, which say no more
     * than that something was not created.
     */
    private static String sentence(Throwable failed) {
        for (Throwable cause : Failures.chain(failed)) {
            boolean wraps = cause.getCause() != null && isThrownByLibrary(cause);
            if (!wraps) {
                boolean ours = cause instanceof EventStoreException || cause instanceof IllegalArgumentException
                        || cause instanceof ConfigException || cause instanceof ConfigurationException;
                return ours ? Failures.message(cause) : Failures.description(cause);
            }
        }
        return Failures.description(failed);
    }

    private static boolean isThrownByLibrary(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        String thrower = trace.length == 0 ? failure.getClass().getName() : trace[0].getClassName();
        return Stream.of("org.apache.pekko.", "scala.", "java.", "jdk.").anyMatch(thrower::startsWith);
    }

    /** Whether snapshots can be saved at all. */
    public boolean hasSnapshots() {
        return !snapshot.isEmpty();
    }

    /** Identifies what is stored, for tokens: the store's own id, else the journal's plugin id. */
    public String storeId() {
        return Optional.ofNullable(backend).map(EventStoreBackend::storeId).orElse(journal);
    }
}
