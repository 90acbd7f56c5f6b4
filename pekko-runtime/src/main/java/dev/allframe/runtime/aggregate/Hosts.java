package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.runtime.membership.AgreedSettings;
import dev.allframe.runtime.membership.ClusterJoin;
import dev.allframe.runtime.rolling.VersionGuard;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.runtime.storage.StreamHistory;
import java.time.Clock;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/** Chooses the host for an actor system: cluster sharding in a cluster, a local supervisor elsewhere. */
public final class Hosts {

    private final ActorSystem<?> system;
    private final boolean clustered;
    private final Hosting hosting;
    private final ActorRef<Object> lostCommands;

    private Hosts(ActorSystem<?> system, boolean clustered, Hosting hosting) {
        this.system = system;
        this.clustered = clustered;
        this.hosting = hosting;
        this.lostCommands = LostCommands.listen(system);
    }

    /**
     * Looks at an actor system.
     *
     * @throws dev.allframe.runtime.storage.ConfigurationException if it cannot host with this storage
     */
    public static Hosts on(ActorSystem<?> system, StoragePlugins storage, Hosting.Settings settings, Clock clock) {
        boolean clustered = isClustered(system);
        if (clustered && ClusterJoin.keepsLostMembers(system.settings().config())) {
            system.log()
                    .warn("no pekko.cluster.downing-provider-class is set: when a member of this cluster is killed or"
                            + " cannot be reached, its instances are not hosted elsewhere until somebody downs it. Set it to"
                            + " \"org.apache.pekko.cluster.sbr.SplitBrainResolverProvider\"; docs/cluster.md has all settings");
        }
        VisibilityGuard guard = clustered ? VisibilityGuard.of(system, storage) : VisibilityGuard.open();
        VersionGuard versions = clustered
                ? VersionGuard.of(system, settings.storesAlways(), settings.joinPatience(), agreed(system, storage))
                : VersionGuard.open();
        return new Hosts(system, clustered,
                new Hosting(storage, new StreamHistory(Adapter.toClassic(system), storage), guard, versions, clock,
                        settings));
    }

    /** What every member must have in common: settings, and the storage that they have led to. */
    private static Map<String, String> agreed(ActorSystem<?> system, StoragePlugins storage) {
        Map<String, String> agreed = AgreedSettings.of(system.settings().config());
        agreed.put("the id of the journal plugin", storage.journal());
        agreed.put("the id of the snapshot plugin", storage.snapshot());
        agreed.put("the id of the store", storage.storeId());
        return agreed;
    }

    /** Whether an actor system is a member of a cluster, or can become one. */
    public static boolean isClustered(ActorSystem<?> system) {
        String provider = system.settings().config().getString("pekko.actor.provider");
        return provider.endsWith("cluster") || provider.endsWith("ClusterActorRefProvider");
    }

    /** Whether the actor system is a member of a cluster. */
    public boolean clustered() {
        return clustered;
    }

    /** What instances need from their surroundings, for users who host them by themselves. */
    public Hosting hosting() {
        return hosting;
    }

    /** Lets go of what watches the surroundings of instances, when all hosts have stopped. */
    public void close() {
        LostCommands.stop(lostCommands);
        hosting.guard().close(system);
        hosting.versions().close();
    }

    /** Starts a host. */
    public <C extends Command, E extends Event, S> AggregateHost start(RegisteredAggregate<C, E, S> aggregate) {
        String name = aggregate.type().name();
        return clustered
                ? ClusterHost.start(system, name, hosting.settings(),
                        (id, home) -> AggregateActor.create(aggregate, id, hosting, home))
                : LocalHost.start(system, name, hosting.settings(),
                        (id, home) -> AggregateActor.create(aggregate, id, hosting, home));
    }
}
