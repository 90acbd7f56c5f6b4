package dev.allframe.runtime;

import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Join;

/** The members of a cluster in one JVM, the first of which the others join. */
public final class ClusterMembers implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What takes seconds between machines. */
    private static final Config QUICK = ConfigFactory.parseString("""
            pekko.cluster {
              gossip-interval = 100ms
              leader-actions-interval = 100ms
              periodic-tasks-initial-delay = 100ms
              distributed-data { gossip-interval = 200ms, notify-subscribers-interval = 50ms }
              sharding { rebalance-interval = 500ms, retry-interval = 200ms }
              singleton.hand-over-retry-interval = 200ms
            }
            pekko.coordinated-shutdown.phases.cluster-exiting.timeout = 2s
            """).withFallback(ClusterHostTest.MEMBER);

    private final List<ActorSystem<Void>> systems = new ArrayList<>();
    private final List<ActorSystem<Void>> lost = new ArrayList<>();
    private final String shared = String.format(Locale.ROOT, """
            allframe.storage = memory
            allframe.storages.memory.visible-to = cluster
            inmemory.shared-as = "%s"
            """, UUID.randomUUID());

    /** The configuration of a storage that all members see. */
    public String shared() {
        return shared;
    }

    private ActorSystem<Void> start(String hocon) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "two", config(hocon));
        systems.add(system);
        return system;
    }

    /** The configuration of a member. */
    static Config config(String hocon) {
        return ConfigFactory.parseString(hocon).withFallback(QUICK);
    }

    /** The setting that names the first of them as seed node. */
    String seed() {
        return "\npekko.cluster.seed-nodes = [\"" + Cluster.get(systems.getFirst()).selfMember().address() + "\"]";
    }

    /** An actor system that joins the others by the seed node, or is refused. */
    ActorSystem<Void> joining(String hocon) {
        return start(hocon + seed());
    }

    /** An actor system that has joined the others, when all of them know it. */
    public ActorSystem<Void> joined(String hocon) {
        ActorSystem<Void> system = start(hocon);
        Cluster.get(system)
                .manager()
                .tell(Join.create(Cluster.get(systems.getFirst()).selfMember().address()));
        awaitAllUp();
        return system;
    }

    /** When the others know that it has left: until then Pekko may not let another one join. */
    public void stop(ActorSystem<Void> member) {
        systems.removeIf(system -> address(system).equals(address(member))); // systems of one name are equal
        member.terminate();
        member.getWhenTerminated().toCompletableFuture().join();
        awaitAllUp();
    }

    /**
     * A member that does not leave, as where its process was killed: nobody hands over what it has, and the others give
     * it up. Its threads may go on for a while.
     */
    public void lose(ActorSystem<Void> member, ActorSystem<Void> givenUpBy) {
        systems.removeIf(system -> address(system).equals(address(member)));
        lost.add(member);
        Cluster.get(givenUpBy).manager().tell(new Down(Cluster.get(member).selfMember().address()));
        awaitAllUp();
    }

    private static UniqueAddress address(ActorSystem<Void> system) {
        return Cluster.get(system).selfMember().uniqueAddress();
    }

    private void awaitAllUp() {
        await().atMost(PATIENCE).until(() -> systems.stream().allMatch(this::hasAllUp));
    }

    private boolean hasAllUp(ActorSystem<Void> system) {
        List<MemberStatus> statuses = new ArrayList<>();
        Cluster.get(system).state().getMembers().forEach(member -> statuses.add(member.status()));
        return statuses.size() == systems.size() && statuses.stream().allMatch(MemberStatus.up()::equals);
    }

    @Override
    public void close() {
        systems.addAll(lost);
        systems.forEach(ActorSystem::terminate);
        systems.forEach(system -> system.getWhenTerminated().toCompletableFuture().join());
    }
}
