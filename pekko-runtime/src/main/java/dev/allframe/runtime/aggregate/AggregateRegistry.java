package dev.allframe.runtime.aggregate;

import dev.allframe.runtime.storage.ConfigurationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.jspecify.annotations.Nullable;

/** The aggregates that one actor system hosts, by name; the serializers find them here. Thread-safe. */
public final class AggregateRegistry implements Extension {

    private static final Id ID = new Id();

    private final ConcurrentMap<String, RegisteredAggregate<?, ?, ?>> byName = new ConcurrentHashMap<>();

    private AggregateRegistry() {}

    /** The registry of an actor system. */
    public static AggregateRegistry get(ClassicActorSystemProvider system) {
        return ID.get(system);
    }

    /**
     * Adds an aggregate.
     *
     * @throws ConfigurationException if one of this name is there
     */
    public void add(RegisteredAggregate<?, ?, ?> aggregate) {
        if (byName.putIfAbsent(aggregate.type().name(), aggregate) != null) {
            throw new ConfigurationException("aggregate '" + aggregate.type().name()
                    + "' is registered twice on this actor system; register it once, or close the AllFrame that hosts it");
        }
    }

    /** Takes an aggregate away. */
    public void remove(String name) {
        byName.remove(name);
    }

    /** The aggregate of a name; null where there is none. */
    public @Nullable RegisteredAggregate<?, ?, ?> find(String name) {
        return byName.get(name);
    }

    private static final class Id extends AbstractExtensionId<AggregateRegistry> {

        @Override
        public AggregateRegistry createExtension(ExtendedActorSystem system) {
            return new AggregateRegistry();
        }

        @Override
        public AggregateRegistry get(ActorSystem system) {
            return super.get(system);
        }
    }
}
