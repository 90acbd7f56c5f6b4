package dev.allframe.runtime.reaction;

import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ReactionType;
import dev.allframe.replay.ReplayManager;
import dev.allframe.runtime.aggregate.Hosting;
import dev.allframe.runtime.projection.ViewOrder;
import dev.allframe.runtime.projection.ViewOrders;
import dev.allframe.runtime.reaction.ReactionPositions.Parked;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.jspecify.annotations.Nullable;

/** The reactions of one AllFrame on this node, by their names, and its replays. Thread-safe. */
public final class Reactions {

    private static final int PARKED_SHOWN = 100;
    private static final long LAG_PATIENCE_MILLIS = 1_000;
    private static final long PING_PATIENCE_SECONDS = 10;

    /** A reaction with what runs it, or waits to run it, on this node. */
    private record Running(ReactionType type, ReactionHost host, ReactionProgress progress,
            AtomicLong unansweredSince) {}

    private final Map<String, Running> running = new TreeMap<>();
    private final Map<String, Running> replaying = new TreeMap<>();
    private @Nullable ReplayManager replays;
    private final Hosting hosting;

    private Reactions(Hosting hosting) {
        this.hosting = hosting;
    }

    /**
     * Begins to run reactions and replays: here, or in a cluster each on one of the members.
     *
     * @throws ConfigurationException if the storage gives no access to its events, or a reaction of the name runs in
     *         this actor system already
     */
    public static Reactions start(ActorSystem<?> system, boolean clustered, Hosting hosting,
            List<RegisteredReaction> registered, List<RegisteredReaction> replays) {
        Reactions reactions = new Reactions(hosting);
        if (registered.isEmpty() && replays.isEmpty()) {
            return reactions;
        }
        EventStoreBackend store = hosting.storage().backend();
        if (store == null) {
            throw new ConfigurationException(
                    "reactions and replays need a storage whose events can be read in one order, and \""
                            + hosting.storage().name()
                            + "\" is a Pekko journal without: use allframe.storage = memory or"
                            + " allsource, or react in that journal's own read side");
        }
        ReactionSettings settings = ReactionSettings.of(system.settings().config());
        registered.forEach(reaction -> reactions.running.put(reaction.type().name(),
                started(system, clustered, hosting, reaction, store, settings)));
        List<Replays.Running> started = new ArrayList<>();
        for (RegisteredReaction replay : replays) {
            Running run = started(system, clustered, hosting, replay, store, settings);
            reactions.replaying.put(replay.type().name(), run);
            started.add(new Replays.Running(replay, run.progress, () -> reactions.lifeless(run)));
        }
        reactions.replays = new Replays(store, started);
        return reactions;
    }

    private static Running started(ActorSystem<?> system, boolean clustered, Hosting hosting,
            RegisteredReaction reaction, EventStoreBackend store, ReactionSettings settings) {
        ReactionProgress progress = new ReactionProgress();
        ReactionActor.Parts parts = new ReactionActor.Parts(reaction, store, settings, hosting.clock(), progress,
                hosting::refusal);
        ReactionHost host = clustered
                ? ReactionHost.onOneMember(system, hosting.settings().role(), parts)
                : ReactionHost.alone(system, parts);
        return new Running(reaction.type(), host, progress, new AtomicLong());
    }

    /**
     * Starts, shows and operates replays.
     *
     * @throws IllegalStateException if none was given to the builder
     */
    public ReplayManager replays() {
        ReplayManager given = replays;
        if (given == null || replaying.isEmpty()) {
            throw new IllegalStateException("no replay was given to the builder of this AllFrame: add .replay(…)");
        }
        return given;
    }

    /**
     * Why a reaction is not up; empty text where it is, or where another member of the cluster runs it. Each question
     * asks the reaction's actor for a sign of life, and looks whether the one before was answered.
     */
    public Map<String, String> troubles() {
        return troubles(running);
    }

    /** As {@link #troubles}, of replays: empty text also where none is to run. */
    public Map<String, String> troublesOfReplays() {
        return troubles(replaying);
    }

    private Map<String, String> troubles(Map<String, Running> of) {
        Map<String, String> troubles = new TreeMap<>();
        of.forEach((name, each) -> troubles.put(name, trouble(each)));
        return troubles;
    }

    private String trouble(Running reaction) {
        String lifeless = lifeless(reaction);
        ReactionProgress.Now now = reaction.progress.now();
        if (!lifeless.isEmpty() || now.runner() == null) {
            return lifeless;
        }
        return now.state() == ProjectionState.LIVE
                ? now.trouble()
                : "it is " + now.state() + (now.troubles().isEmpty() ? "" : ": " + now.troubles());
    }

    /** Why nothing runs a reaction that this node is to run; empty where something does. */
    private String lifeless(Running reaction) {
        ReactionProgress.Now now = reaction.progress.now();
        ActorRef<ReactionActor.Message> runner = now.runner();
        if (!reaction.host.running().getAsBoolean() || (runner != null && isTerminated(runner))) {
            return "the actor that runs it has stopped";
        }
        if (runner == null) {
            return "";
        }
        long millis = hosting.clock().millis();
        boolean first = reaction.unansweredSince.compareAndSet(0, millis);
        long since = reaction.unansweredSince.get();
        // One may be lost with an actor that has failed.
        runner.tell(new ReactionActor.Ping(() -> reaction.unansweredSince.set(0)));
        if (!first && since != 0 && millis - since > TimeUnit.SECONDS.toMillis(PING_PATIENCE_SECONDS)) {
            return "the actor that runs it has not answered for " + (millis - since) / 1000 + " s";
        }
        return "";
    }

    private static boolean isTerminated(ActorRef<?> actor) {
        return ((InternalActorRef) Adapter.toClassic(actor)).isTerminated();
    }

    /** The names, in order. */
    public Set<String> names() {
        return running.keySet();
    }

    /**
     * How a reaction is doing, as far as this node knows: where another member of the cluster runs it, that is told as
     * its trouble. It has no rows and no generations.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public ProjectionMetadata describe(String name) {
        ReactionProgress.Now now = named(name).progress.now();
        String trouble = now.runner() == null ? "it does not run on this node" : now.trouble();
        return new ProjectionMetadata(name, 0, now.state(), now.position(), now.runner() == null ? -1 : lag(now), null,
                0, "", 0, 0, 0, null, now.parked().size(), trouble, now.parked()
                        .stream()
                        .sorted(Comparator.comparing(Parked::since).thenComparing(Parked::stream))
                        .limit(PARKED_SHOWN)
                        .map(parked -> new ProjectionMetadata.ParkedStream(parked.stream(), parked.firstSequenceNr(),
                                parked.since(), parked.reason()))
                        .toList(),
                List.of(), null);
    }

    private long lag(ReactionProgress.Now now) {
        try {
            return store().lastPosition()
                    .thenApply(last -> Math.max(0, last.index() - now.position().index()))
                    .toCompletableFuture()
                    .orTimeout(LAG_PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException closed) {
            return -1;
        }
    }

    /** Begins no more effects. */
    public CompletionStage<Void> pause(String name, Order order) {
        return give(name, new ViewOrder.Paused(order.by(), order.reason()));
    }

    /** Goes on after a pause. */
    public CompletionStage<Void> resume(String name, Order order) {
        return give(name, new ViewOrder.Resumed(order.by(), order.reason()));
    }

    /** Tries again the effects before which a reaction stands, and those of parked streams. */
    public CompletionStage<Void> retry(String name, Order order) {
        return give(name, new ViewOrder.RetryOrdered(order.by(), order.reason()));
    }

    /** Begins anew, with all that is stored or with what is stored behind the order. */
    public CompletionStage<Void> restart(String name, ReactionType.Begin begin, Order order) {
        return give(name, new ViewOrder.RestartOrdered(begin == ReactionType.Begin.START, order.by(), order.reason()));
    }

    /** Leaves the effect of one event out, and tries again. */
    public CompletionStage<Void> skip(String name, StreamId stream, long sequenceNr, Order order) {
        Set<String> aggregates = named(name).type.sources()
                .stream()
                .map(source -> source.aggregate().name())
                .collect(Collectors.toSet());
        return new ViewOrders(store()).skip(name, aggregates, stream, sequenceNr, order);
    }

    private CompletionStage<Void> give(String name, ViewOrder order) {
        named(name);
        return new ViewOrders(store()).give(name, order);
    }

    private EventStoreBackend store() {
        return Objects.requireNonNull(hosting.storage().backend(), "a reaction was started over a store of ours");
    }

    private Running named(String name) {
        Running found = running.get(name);
        if (found == null) {
            throw new IllegalArgumentException("there is no reaction '" + name + "'; there are " + running.keySet());
        }
        return found;
    }

    /**
     * Stops the reactions and replays of this node, which store where they stand; other members of the cluster go on
     * with them.
     */
    public CompletionStage<Done> stop() {
        List<CompletableFuture<Done>> stopping = new ArrayList<>();
        Stream.concat(running.values().stream(), replaying.values().stream())
                .forEach(each -> stopping.add(each.host.end().get().toCompletableFuture()));
        return CompletableFuture.allOf(stopping.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> Done.getInstance());
    }
}
