package dev.allframe.runtime.aggregate;

import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.runtime.sharing.HandOver;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.store.StreamId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.apache.pekko.Done;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingSettings;
import org.apache.pekko.cluster.sharding.typed.ShardingMessageExtractor;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.cluster.typed.Cluster;

/** Hosts the instances of one aggregate type in a cluster, by Pekko's cluster sharding; shards are ranges of slices. */
final class ClusterHost implements AggregateHost {

    private final ActorSystem<?> system;
    private final String aggregate;
    private final ActorRef<AggregateMessage> region;
    private final LivingHere here;

    private ClusterHost(ActorSystem<?> system, String aggregate, ActorRef<AggregateMessage> region, LivingHere here) {
        this.system = system;
        this.aggregate = aggregate;
        this.region = region;
        this.here = here;
    }

    /** The instances that live on this member, by their ids. Thread-safe. */
    private static final class LivingHere {

        private final Map<String, Place> places = new ConcurrentHashMap<>();

        /** Shards may start instances before it is known. */
        private final CompletableFuture<ActorRef<AggregateMessage>> region = new CompletableFuture<>();

        Home home(String id, ActorRef<AggregateMessage> instance, ActorRef<ClusterSharding.ShardCommand> shard) {
            Place place = new Place(id, instance, shard);
            places.put(id, place);
            return place;
        }

        void release(String id) {
            Place place = places.get(id);
            if (place != null) {
                place.release();
            }
        }

        private final class Place implements Home {

            private final String id;
            private final ActorRef<AggregateMessage> instance;
            private final ActorRef<ClusterSharding.ShardCommand> shard;

            Place(String id, ActorRef<AggregateMessage> instance, ActorRef<ClusterSharding.ShardCommand> shard) {
                this.id = id;
                this.instance = instance;
                this.shard = shard;
            }

            @Override
            public void send(Execute execute) {
                var unused = region.thenAccept(entrance -> entrance.tell(execute));
            }

            @Override
            public void release() {
                shard.tell(new ClusterSharding.Passivate<>(instance));
            }

            @Override
            public void ended() {
                places.remove(id, this);
            }
        }
    }

    /**
     * Starts hosting on this member, or only the way to the hosts where the member lacks the role.
     *
     * @throws ConfigurationException if such a host was stopped here before: Pekko gives the stopped one again
     */
    static ClusterHost start(ActorSystem<?> system, String aggregate, Hosting.Settings settings,
            BiFunction<String, Home, Behavior<AggregateMessage>> behaviorOf) {
        ClusterShardingSettings sharding = ClusterShardingSettings.create(system);
        sharding = sharding.withPassivationStrategy(
                sharding.passivationStrategySettings().withIdleEntityPassivation(settings.passivateAfter()));
        if (!settings.role().isEmpty()) {
            sharding = sharding.withRole(settings.role());
        }
        EntityTypeKey<AggregateMessage> key = EntityTypeKey.create(AggregateMessage.class, aggregate);
        LivingHere here = new LivingHere();
        ActorRef<AggregateMessage> region = ClusterSharding.get(system)
                .init(Entity.of(key, entity -> Behaviors.setup(context -> behaviorOf.apply(entity.getEntityId(),
                        here.home(entity.getEntityId(), context.getSelf(), entity.getShard()))))
                        .withSettings(sharding)
                        .withMessageExtractor(new SliceShards(aggregate, settings.shards()))
                        .withStopMessage(AggregateMessage.Stop.INSTANCE));
        if (((InternalActorRef) Adapter.toClassic(region)).isTerminated()) {
            throw new ConfigurationException(
                    "aggregate '" + aggregate + "' was hosted on this member of a cluster before,"
                            + " and its host was stopped: host it again on a new actor system");
        }
        here.region.complete(region);
        return new ClusterHost(system, aggregate, region, here);
    }

    @Override
    public ActorRef<AggregateMessage> entrance() {
        return region;
    }

    @Override
    public String hint() {
        MemberStatus status = Cluster.get(system).selfMember().status();
        return status.equals(MemberStatus.up()) ? "" : "this node is not up in its cluster, it is " + status;
    }

    @Override
    public void release(String id) {
        here.release(id);
    }

    @Override
    public CompletionStage<Done> stop() {
        return HandOver.of(system, aggregate, region);
    }

    /**
     * Cuts the 1,024 slices of stream ids into ranges, so that shards, partitions and projections are cut along the
     * same lines.
     */
    static final class SliceShards extends ShardingMessageExtractor<AggregateMessage, AggregateMessage> {

        private final String aggregate;
        private final int slicesPerShard;

        SliceShards(String aggregate, int shards) {
            this.aggregate = aggregate;
            this.slicesPerShard = StreamId.SLICES / shards;
        }

        @Override
        public String entityId(AggregateMessage message) {
            return switch (message) {
                case Execute execute -> execute.id();
                case AggregateMessage.Stop stop ->
                    throw new IllegalArgumentException("stop is sent to instances, not through the entrance");
                case AggregateMessage.VersionsRecorded recorded ->
                    throw new IllegalArgumentException("an instance tells itself what is recorded");
            };
        }

        @Override
        public String shardId(String entityId) {
            return Integer.toString(StreamId.of(aggregate, entityId).slice() / slicesPerShard);
        }

        @Override
        public AggregateMessage unwrapMessage(AggregateMessage message) {
            return message;
        }
    }
}
