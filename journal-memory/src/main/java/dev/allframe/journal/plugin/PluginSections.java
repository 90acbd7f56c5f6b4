package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * The sections of the plugins below a storage root, most of whose keys Pekko reads: when an actor is started, with
 * failures that name the last part of a key or none. They are checked before the storage is opened. A key that is not
 * there has Pekko's default.
 */
final class PluginSections {

    /** Who opens a storage. */
    static final String PROVIDER = "a class that implements " + BackendProvider.class.getName()
            + " and has a public constructor without parameters";

    /** Who opens the views of a storage. */
    static final String VIEWS = "a class that implements " + ViewStoreProvider.class.getName()
            + " and has a public constructor without parameters";

    private static final Set<String> REPLAY_FILTERS = Set.of("repair-by-discard-old", "fail", "warn", "off",
            "disabled");
    private static final Set<String> DISPATCHERS = Set.of("Dispatcher", "PinnedDispatcher");
    private static final Set<String> EXECUTORS = Set.of("default-executor", "fork-join-executor",
            "thread-pool-executor", "affinity-pool-executor", "virtual-thread-executor");

    private final StorageSettings settings;
    private final Config all;
    private final ClassLoader classes;

    private PluginSections(StorageSettings settings, Config all, ClassLoader classes) {
        this.settings = settings;
        this.all = all;
        this.classes = classes;
    }

    /**
     * Checks the sections below a root.
     *
     * @param all the whole configuration, in which a value may name another section
     * @param classes has the classes that the configuration names
     * @throws IllegalArgumentException for the first value that is not allowed, with its whole key
     */
    static void check(StorageSettings settings, Config all, ClassLoader classes) {
        PluginSections sections = new PluginSections(settings, all, classes);
        sections.check("provider", PROVIDER, sections::isClass);
        sections.check("views", VIEWS, sections::isClass);
        for (String plugin : List.of("journal", "snapshot", "query", "state")) {
            if (settings.has(plugin)) {
                settings.value(plugin, "the section of a plugin", Config::getConfig);
                sections.checkPlugin(plugin + ".");
            }
        }
    }

    private void checkPlugin(String plugin) {
        check(plugin + "class", "the class of a plugin, which is on the class path", this::isClass);
        check(plugin + "plugin-dispatcher", "the path of a dispatcher's section", this::isSection);
        check(plugin + "dispatcher", "the section of a dispatcher, or the path of one",
                (config, key) -> config.getConfig(key) != null);
        check(plugin + "dispatcher.type", "Dispatcher, PinnedDispatcher or the class of a configurator",
                (config, key) -> DISPATCHERS.contains(config.getString(key)) || isClass(config, key));
        check(plugin + "dispatcher.executor", "fork-join-executor, thread-pool-executor, affinity-pool-executor,"
                + " virtual-thread-executor, default-executor or the class of a configurator",
                (config, key) -> EXECUTORS.contains(config.getString(key)) || isClass(config, key));
        check(plugin + "replay-dispatcher", "the path of a dispatcher's section", this::isSection);
        check(plugin + "write-response-global-order", "on or off", PluginSections::isBoolean);
        check(plugin + "replay-filter.mode", "off, warn, fail or repair-by-discard-old",
                (config, key) -> REPLAY_FILTERS.contains(config.getString(key).toLowerCase(Locale.ROOT)));
        check(plugin + "circuit-breaker.max-failures", "1 to 2147483647", (config, key) -> config.getInt(key) >= 1);
        check(plugin + "circuit-breaker.call-timeout", "a time such as 10s, or 0s for none", PluginSections::isTime);
        check(plugin + "circuit-breaker.reset-timeout", "a time such as 1s", PluginSections::isTime);
        check(plugin + "event-adapters", "names of event adapters with their classes, such as { mine = \"a.Class\" }",
                (config, key) -> config.getObject(key) != null);
        check(plugin + "event-adapter-bindings",
                "classes of events with names of event adapters, such as { \"an.Event\" = mine }",
                (config, key) -> config.getObject(key) != null);
        check(plugin + "journal-plugin", "the id of a journal plugin, such as " + settings.path("journal"),
                (config, key) -> all.hasPath(config.getString(key) + ".class"));
        if (settings.has(plugin + "page-size")) {
            PageSize.of(all, settings.path(plugin.substring(0, plugin.length() - 1)));
        }
    }

    private void check(String key, String allowed, BiPredicate<Config, String> isAllowed) {
        if (settings.has(key)) {
            settings.value(key, allowed, (config, path) -> {
                if (!isAllowed.test(config, path)) {
                    throw new IllegalArgumentException(path);
                }
                return path;
            });
        }
    }

    private boolean isClass(Config config, String key) {
        try {
            return classes.loadClass(config.getString(key)) != null;
        } catch (ClassNotFoundException | LinkageError none) {
            return false;
        }
    }

    private boolean isSection(Config config, String key) {
        return all.hasPath(config.getString(key));
    }

    private static boolean isBoolean(Config config, String key) {
        config.getBoolean(key);
        return true;
    }

    private static boolean isTime(Config config, String key) {
        return config.getDuration(key).compareTo(Duration.ZERO) >= 0;
    }
}
