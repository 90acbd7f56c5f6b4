package dev.allframe.runtime.reaction;

import dev.allframe.runtime.sharing.SharedWork;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * What runs a reaction on this node, or sees to it that some member of the cluster does.
 *
 * @param running whether it has not ended
 * @param end ends it, behind what the reaction is doing here; the stage completes when it has ended
 */
record ReactionHost(BooleanSupplier running, Supplier<CompletionStage<Done>> end) {

    /** Actor names are unique in an actor system, which may have several AllFrames. */
    private static final AtomicLong STARTED = new AtomicLong();

    private static final String NAME = "allframe-reaction-";

    /** Runs a reaction in this actor system. */
    static ReactionHost alone(ActorSystem<?> system, ReactionActor.Parts parts) {
        CompletableFuture<Done> stopped = new CompletableFuture<>();
        ActorRef<ReactionActor.Message> host = system.systemActorOf(
                Behaviors.<ReactionActor.Message>setup(context -> {
                    ActorRef<ReactionActor.Message> runner = context.spawn(ReactionKeeper.create(parts), "runner");
                    context.watch(runner);
                    return Behaviors.receive(ReactionActor.Message.class)
                            .onMessage(ReactionActor.Stop.class, stop -> {
                                runner.tell(stop);
                                return Behaviors.same();
                            })
                            .onSignal(Terminated.class, ended -> Behaviors.stopped())
                            .onSignal(PostStop.class, ended -> {
                                stopped.complete(Done.getInstance());
                                return Behaviors.same();
                            })
                            .build();
                }), NAME + parts.reaction().type().name() + "-" + STARTED.incrementAndGet(), Props.empty());
        return new ReactionHost(() -> !((InternalActorRef) Adapter.toClassic(host)).isTerminated(), () -> {
            host.tell(ReactionActor.Stop.INSTANCE);
            return stopped;
        });
    }

    /**
     * Runs a reaction on one member of the cluster that has the role. One that ends its part hands it over when the
     * reaction has stopped there.
     *
     * @throws dev.allframe.runtime.storage.ConfigurationException if a reaction of the name runs, or ran, in this actor
     *         system
     */
    static ReactionHost onOneMember(ActorSystem<?> system, String role, ReactionActor.Parts parts) {
        SharedWork work = SharedWork.start(system, NAME + parts.reaction().type().name(), role, 1,
                ReactionActor.Message.class, part -> ReactionKeeper.create(parts), ReactionActor.Stop.INSTANCE);
        return new ReactionHost(work::isRunning, work::stop);
    }
}
