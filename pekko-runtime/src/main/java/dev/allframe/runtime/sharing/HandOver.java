package dev.allframe.runtime.sharing;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.ShardRegion;
import org.apache.pekko.cluster.typed.Cluster;

/** Ends a region of Pekko's cluster sharding on this member, so that other members get its shards. */
public final class HandOver {

    /** Actor names are unique in an actor system. */
    private static final AtomicLong STARTED = new AtomicLong();

    /** How long a region may take to hand over what it has. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private enum EndRegion implements NoSerializationVerificationNeeded { NOW }

    private HandOver() {}

    /**
     * Hands the shards over to other members; Pekko keeps the name of the type taken for the rest of the actor system's
     * life. The region ends when it has no shard and no message whose shard is yet to be found. A member that never
     * came up finds none, and its region ends at once; so does, in the end, one that has no host in its cluster.
     *
     * @param name of the type
     * @return completes when the region has ended, or its actor system has
     */
    public static CompletionStage<Done> of(ActorSystem<?> system, String name, ActorRef<?> region) {
        CompletableFuture<Done> stopped = new CompletableFuture<>();
        try {
            system.systemActorOf(handingOver(system, region, stopped),
                    "allframe-stop-" + name + "-" + STARTED.incrementAndGet(), Props.empty());
        } catch (IllegalStateException systemEnds) {
            return system.getWhenTerminated();
        }
        return stopped;
    }

    private static Behavior<Object> handingOver(ActorSystem<?> system, ActorRef<?> region,
            CompletableFuture<Done> stopped) {
        return Behaviors.setup(context -> {
            context.watch(region);
            org.apache.pekko.actor.ActorRef raw = Adapter.toClassic(region);
            raw.tell(ShardRegion.gracefulShutdownInstance(), Adapter.toClassic(context.getSelf()));
            context.scheduleOnce(neverUp(system) ? Duration.ZERO : PATIENCE, context.getSelf(), EndRegion.NOW);
            return Behaviors.receive(Object.class).onMessageEquals(EndRegion.NOW, () -> {
                raw.tell(PoisonPill.getInstance(), Adapter.toClassic(context.getSelf()));
                return Behaviors.same();
            }).onSignal(Terminated.class, signal -> {
                stopped.complete(Done.getInstance());
                return Behaviors.stopped();
            }).build();
        });
    }

    private static boolean neverUp(ActorSystem<?> system) {
        MemberStatus status = Cluster.get(system).selfMember().status();
        return status.equals(MemberStatus.joining()) || status.equals(MemberStatus.removed()); // before it joins, too
    }
}
