package dev.allframe.runtime;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.runtime.storage.StoragePlugins;

/** What a standalone AllFrame sets where its user has not. */
final class StandaloneConfig {

    private static final String MINIMUM_RUNNABLE = "pekko.actor.default-dispatcher.fork-join-executor.minimum-runnable";

    private StandaloneConfig() {}

    /**
     * Memory as storage where none is chosen; and threads enough that one blocked actor does not stop the others on a
     * newer JDK.
     */
    static Config complete(Config config) {
        Config complete = config;
        if (StoragePlugins.namesNone(config)) {
            complete = ConfigFactory.parseString("allframe.storage = memory").withFallback(complete);
        }
        if (isDefault(config, MINIMUM_RUNNABLE)) {
            complete = ConfigFactory.parseString(MINIMUM_RUNNABLE + " = 4").withFallback(complete);
        }
        return complete;
    }

    /** Whether a value comes from a library and not from the user. */
    private static boolean isDefault(Config config, String path) {
        return "reference.conf".equals(config.getValue(path).origin().resource());
    }
}
