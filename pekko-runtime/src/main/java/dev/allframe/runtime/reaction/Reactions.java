package dev.allframe.runtime.reaction;

import dev.allframe.projection.ProjectionState;
import dev.allframe.runtime.aggregate.Hosting;
import dev.allframe.runtime.projection.ProjectionSettings;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.store.EventStoreBackend;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/** The reactions of one AllFrame on this node, by their names. Thread-safe. */
public final class Reactions {

    private static final long PING_PATIENCE_SECONDS = 10;

    /** A reaction with what runs it, or waits to run it, on this node. */
    private record Running(ReactionHost host, ReactionProgress progress, AtomicLong unansweredSince) {}

    private final Map<String, Running> running = new TreeMap<>();
    private final Clock clock;

    private Reactions(Clock clock) {
        this.clock = clock;
    }

    /**
     * Begins to run reactions: here, or in a cluster on one of the members.
     *
     * @throws ConfigurationException if the storage gives no access to its events, or a reaction of the name runs in
     *         this actor system already
     */
    public static Reactions start(ActorSystem<?> system, boolean clustered, Hosting hosting,
            List<RegisteredReaction> registered) {
        Reactions reactions = new Reactions(hosting.clock());
        if (registered.isEmpty()) {
            return reactions;
        }
        EventStoreBackend store = hosting.storage().backend();
        if (store == null) {
            throw new ConfigurationException("reactions need a storage whose events can be read in one order, and \""
                    + hosting.storage().name() + "\" is a Pekko journal without: use allframe.storage = memory or"
                    + " allsource, or react in that journal's own read side");
        }
        ProjectionSettings settings = ProjectionSettings.of(system.settings().config());
        for (RegisteredReaction reaction : registered) {
            ReactionProgress progress = new ReactionProgress();
            ReactionActor.Parts parts = new ReactionActor.Parts(reaction, store, settings, hosting.clock(), progress,
                    hosting::refusal);
            ReactionHost host = clustered
                    ? ReactionHost.singleton(system, hosting.settings().role(), parts)
                    : ReactionHost.alone(system, parts);
            reactions.running.put(reaction.type().name(), new Running(host, progress, new AtomicLong()));
        }
        return reactions;
    }

    /**
     * Why a reaction is not up; empty text where it is, or where another member of the cluster runs it. Each question
     * asks the reaction's actor for a sign of life, and looks whether the one before was answered.
     */
    public Map<String, String> troubles() {
        Map<String, String> troubles = new TreeMap<>();
        running.forEach((name, reaction) -> troubles.put(name, trouble(reaction)));
        return troubles;
    }

    private String trouble(Running reaction) {
        ReactionProgress.Now now = reaction.progress.now();
        ActorRef<ReactionActor.Message> runner = now.runner();
        if (isTerminated(reaction.host.actor()) || (runner != null && isTerminated(runner))) {
            return "the actor that runs it has stopped";
        }
        if (runner == null) {
            return "";
        }
        long millis = clock.millis();
        boolean first = reaction.unansweredSince.compareAndSet(0, millis);
        long since = reaction.unansweredSince.get();
        if (first) {
            runner.tell(new ReactionActor.Ping(() -> reaction.unansweredSince.set(0)));
        } else if (since != 0 && millis - since > TimeUnit.SECONDS.toMillis(PING_PATIENCE_SECONDS)) {
            return "the actor that runs it has not answered for " + (millis - since) / 1000 + " s";
        }
        return now.state() == ProjectionState.LIVE
                ? now.trouble()
                : "it is " + now.state() + (now.trouble().isEmpty() ? "" : ": " + now.trouble());
    }

    private static boolean isTerminated(ActorRef<?> actor) {
        return ((InternalActorRef) Adapter.toClassic(actor)).isTerminated();
    }

    /** Stops the reactions of this node, which store where they stand. */
    public CompletionStage<Done> stop() {
        List<CompletableFuture<Done>> stopping = new ArrayList<>();
        running.values().forEach(reaction -> stopping.add(reaction.host.stop()));
        return CompletableFuture.allOf(stopping.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> Done.getInstance());
    }
}
