package dev.allframe.runtime.aggregate;

import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.store.Registration;
import java.time.Clock;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.jspecify.annotations.Nullable;

/**
 * The aggregates that one actor system hosts, by name; the serializers find them here, also those that were hosted
 * before: replies to them may still be under way. Thread-safe.
 */
public final class AggregateRegistry implements Extension {

    private static final Id ID = new Id();

    private final ConcurrentMap<String, Entry> byName = new ConcurrentHashMap<>();

    /**
     * An aggregate and the clock of the AllFrame that registered it. Compared by identity: each registration is one of
     * its own.
     */
    private static final class Entry {

        private final RegisteredAggregate<?, ?, ?> aggregate;
        private final Clock clock;
        private volatile boolean hosted = true;

        Entry(RegisteredAggregate<?, ?, ?> aggregate, Clock clock) {
            this.aggregate = aggregate;
            this.clock = clock;
        }
    }

    private AggregateRegistry() {}

    /** The registry of an actor system. */
    public static AggregateRegistry get(ClassicActorSystemProvider system) {
        return ID.get(system);
    }

    /**
     * Adds an aggregate.
     *
     * @param clock that of the AllFrame that hosts it
     * @return lets another of its name be added
     * @throws ConfigurationException if one of this name is there
     */
    public Registration add(RegisteredAggregate<?, ?, ?> aggregate, Clock clock) {
        String name = aggregate.type().name();
        Entry added = new Entry(aggregate, clock);
        Entry known = byName.merge(name, added, (there, latest) -> there.hosted ? there : latest);
        if (known != added) {
            throw new ConfigurationException("aggregate '" + name
                    + "' is registered twice on this actor system; register it once, or close the AllFrame that hosts it");
        }
        return () -> added.hosted = false;
    }

    /** The aggregate of a name; null where there is none. */
    public @Nullable RegisteredAggregate<?, ?, ?> find(String name) {
        Entry entry = byName.get(name);
        return entry == null ? null : entry.aggregate;
    }

    /** The clock of the AllFrame that hosts an aggregate, the system's where nobody does. */
    public Clock clockOf(String name) {
        Entry entry = byName.get(name);
        return entry == null ? Clock.systemUTC() : entry.clock;
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
