package dev.allframe.runtime.sharing;

import dev.allframe.runtime.storage.ConfigurationException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import org.apache.pekko.Done;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.actor.InvalidActorNameException;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingSettings;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.ShardingMessageExtractor;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.cluster.sharding.typed.javadsl.StartEntity;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * This member's share of a work that has parts, each of which an actor does on one member at a time. Every member that
 * has the work sees to it that each part runs somewhere: it asks for all of them, again and again. Where a member ends,
 * leaves, or stops its share, others go on with its parts. Thread-safe.
 *
 * <p>This is what Pekko's {@code ShardedDaemonProcess} does, with an end: that one, and a cluster singleton, stay with
 * a member until it leaves the cluster.
 */
public final class SharedWork {

    /** How long a part that has moved, or failed, runs nowhere at most. Asking for one that runs costs a message. */
    private static final Duration ASKED_EVERY = Duration.ofSeconds(1);

    private enum Ask implements NoSerializationVerificationNeeded {
        NOW, NO_MORE
    }

    private final ActorSystem<?> system;
    private final String name;
    private final ActorRef<?> region;
    private final ActorRef<Ask> asking;

    private SharedWork(ActorSystem<?> system, String name, ActorRef<?> region, ActorRef<Ask> asking) {
        this.system = system;
        this.name = name;
        this.region = region;
        this.asking = asking;
    }

    /**
     * Begins to do a share, on a member that has the role; others do none.
     *
     * @param name of the work, the same on all members; once in an actor system, for its whole life
     * @param role members with this role do it; empty for all
     * @param parts how many there are, the same on all members
     * @param part the actor of a part, from 0
     * @param stop ends a part, which may finish what it is doing
     * @throws ConfigurationException if the actor system does, or did, a work of this name
     */
    public static <M> SharedWork start(ActorSystem<?> system, String name, String role, int parts, Class<M> messages,
            IntFunction<Behavior<M>> part, M stop) {
        CompletableFuture<ActorRef<ShardingEnvelope<M>>> found = new CompletableFuture<>();
        ActorRef<Ask> asking;
        try {
            asking = system.systemActorOf(asking(system, parts, messages, found), name, Props.empty());
        } catch (InvalidActorNameException taken) {
            throw new ConfigurationException("this actor system has '" + name + "' already", taken);
        }
        ClusterShardingSettings settings = ClusterShardingSettings.create(system)
                .withNoPassivationStrategy()
                .withRememberEntities(false);
        ActorRef<ShardingEnvelope<M>> region = ClusterSharding.get(system)
                .init(Entity.of(EntityTypeKey.create(messages, name),
                        entity -> part.apply(Integer.parseInt(entity.getEntityId())))
                        .withSettings(role.isEmpty() ? settings : settings.withRole(role))
                        .withMessageExtractor(new OneShardEach<M>())
                        .withStopMessage(stop));
        if (((InternalActorRef) Adapter.toClassic(region)).isTerminated()) {
            asking.tell(Ask.NO_MORE);
            throw new ConfigurationException("'" + name + "' was stopped on this member of a cluster before: start it"
                    + " again on a new actor system");
        }
        found.complete(region);
        asking.tell(Ask.NOW);
        return new SharedWork(system, name, region, asking);
    }

    private static <M> Behavior<Ask> asking(ActorSystem<?> system, int parts, Class<M> messages,
            CompletableFuture<ActorRef<ShardingEnvelope<M>>> found) {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Ask.NOW, ASKED_EVERY);
            return Behaviors.receive(Ask.class)
                    .onMessageEquals(Ask.NOW, () -> {
                        if (Cluster.get(system).selfMember().status().equals(MemberStatus.up())) {
                            var unused = found.thenAccept(region -> askForAll(region, parts, messages));
                        }
                        return Behaviors.same();
                    })
                    .onMessageEquals(Ask.NO_MORE, Behaviors::stopped)
                    .build();
        });
    }

    private static <M> void askForAll(ActorRef<ShardingEnvelope<M>> region, int parts, Class<M> messages) {
        for (int part = 0; part < parts; part++) {
            region.tell(StartEntity.create(messages, Integer.toString(part)));
        }
    }

    /** Whether what sees to the parts runs on this member. */
    public boolean isRunning() {
        return !((InternalActorRef) Adapter.toClassic(asking)).isTerminated();
    }

    /** Does no share any more: ends the parts that run here; others go on with them. Completes when they have ended. */
    public CompletionStage<Done> stop() {
        asking.tell(Ask.NO_MORE);
        return HandOver.of(system, name, region);
    }

    /** Each part can be moved by itself. */
    private static final class OneShardEach<M> extends ShardingMessageExtractor<ShardingEnvelope<M>, M> {

        @Override
        public String entityId(ShardingEnvelope<M> message) {
            return message.entityId();
        }

        @Override
        public String shardId(String entityId) {
            return entityId;
        }

        @Override
        public M unwrapMessage(ShardingEnvelope<M> message) {
            return message.message();
        }
    }
}
