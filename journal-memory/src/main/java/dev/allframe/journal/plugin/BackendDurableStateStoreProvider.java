package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.state.DurableStateStoreProvider;
import org.apache.pekko.persistence.state.javadsl.DurableStateStore;

/** Makes the durable state stores of a storage, for Java and for Scala. */
public final class BackendDurableStateStoreProvider implements DurableStateStoreProvider {

    private final BackendDurableStateStore javadsl;
    private final BackendScalaDurableStateStore scaladsl;

    /** Called by Pekko for the section of the configuration that names this class. */
    public BackendDurableStateStoreProvider(ExtendedActorSystem system, Config config, String pluginId) {
        this.javadsl = new BackendDurableStateStore(system, config, pluginId);
        this.scaladsl = new BackendScalaDurableStateStore(javadsl, Persistence.get(system));
    }

    @Override
    public org.apache.pekko.persistence.state.scaladsl.DurableStateStore<Object> scaladslDurableStateStore() {
        return scaladsl;
    }

    @Override
    public DurableStateStore<Object> javadslDurableStateStore() {
        return javadsl;
    }
}
