package dev.allframe.runtime.reaction;

import dev.allframe.runtime.storage.ConfigurationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.actor.InvalidActorNameException;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.singleton.ClusterSingletonManager;
import org.apache.pekko.cluster.singleton.ClusterSingletonManagerSettings;

/**
 * The actor over the one that runs a reaction, on one node. It ends when it is told to, behind the actor below.
 *
 * @param actor that actor
 * @param stopped completes when it has ended
 */
record ReactionHost(ActorRef<ReactionHost.End> actor, CompletableFuture<Done> stopped) {

    /** Ends the host. */
    enum End implements NoSerializationVerificationNeeded { NOW }

    /** Actor names are unique in an actor system, which may have several AllFrames. */
    private static final AtomicLong STARTED = new AtomicLong();

    private static final String NAME = "allframe-reaction-";

    /** Runs a reaction in this actor system. */
    static ReactionHost alone(ActorSystem<?> system, ReactionActor.Parts parts) {
        return started(system, NAME + parts.reaction().type().name() + "-" + STARTED.incrementAndGet(),
                stopped -> Behaviors.setup(context -> {
                    ActorRef<ReactionActor.Message> runner = context.spawn(ReactionKeeper.create(parts), "runner");
                    context.watch(runner);
                    return until(stopped, () -> runner.tell(ReactionActor.Stop.INSTANCE));
                }));
    }

    /**
     * Runs a reaction on one member of the cluster, the oldest that has the role, by Pekko's cluster singleton. A
     * member that has left hands it over when the reaction has stopped there. The managers of all members know each
     * other by their path, so that a name can run once in an actor system.
     *
     * @throws ConfigurationException if a reaction of the name runs there already
     */
    static ReactionHost singleton(ActorSystem<?> system, String role, ReactionActor.Parts parts) {
        String name = parts.reaction().type().name();
        ClusterSingletonManagerSettings usual = ClusterSingletonManagerSettings.create(Adapter.toClassic(system))
                .withSingletonName("runner");
        ClusterSingletonManagerSettings settings = role.isEmpty() ? usual : usual.withRole(role);
        return started(system, NAME + name, stopped -> Behaviors.setup(context -> {
            org.apache.pekko.actor.ActorRef manager = Adapter.actorOf(context,
                    ClusterSingletonManager.props(Adapter.props(() -> ReactionKeeper.create(parts)),
                            ReactionActor.Stop.INSTANCE, settings),
                    "manager");
            Adapter.watch(context, manager);
            return until(stopped, () -> {
                ActorRef<ReactionActor.Message> runner = parts.progress().now().runner();
                if (runner == null || ((InternalActorRef) Adapter.toClassic(runner)).isTerminated()) {
                    Adapter.stop(context, manager);
                } else {
                    context.watchWith(runner, End.NOW);
                    runner.tell(ReactionActor.Stop.INSTANCE);
                }
            });
        }));
    }

    /** Makes the behavior that completes its argument when it has ended. */
    private interface Making {
        Behavior<End> of(CompletableFuture<Done> stopped);
    }

    private static ReactionHost started(ActorSystem<?> system, String name, Making behavior) {
        CompletableFuture<Done> stopped = new CompletableFuture<>();
        try {
            return new ReactionHost(system.systemActorOf(behavior.of(stopped), name, Props.empty()), stopped);
        } catch (InvalidActorNameException taken) {
            throw new ConfigurationException("a reaction of this name runs in this actor system already: " + name,
                    taken);
        }
    }

    private static Behavior<End> until(CompletableFuture<Done> stopped, Runnable stop) {
        return Behaviors.receive(End.class)
                .onMessage(End.class, end -> {
                    stop.run();
                    return Behaviors.same();
                })
                .onSignal(Terminated.class, below -> {
                    stopped.complete(Done.getInstance());
                    return Behaviors.stopped();
                })
                .onSignal(PostStop.class, end -> {
                    stopped.complete(Done.getInstance());
                    return Behaviors.same();
                })
                .build();
    }

    /** Ends it. */
    CompletableFuture<Done> stop() {
        actor.tell(End.NOW);
        return stopped;
    }
}
