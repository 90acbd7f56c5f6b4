package dev.allframe.runtime.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.codec.jackson.JacksonRowCodec;
import dev.allframe.command.CommandBus;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.runtime.aggregate.Hosting;
import dev.allframe.runtime.aggregate.RegisteredAggregate;
import dev.allframe.runtime.aggregate.StateListener;
import dev.allframe.runtime.projection.RegisteredView;
import dev.allframe.runtime.projection.Views;
import dev.allframe.runtime.reaction.RegisteredReaction;
import dev.allframe.runtime.sharing.SharedWork;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.StorageUnavailableException;
import dev.allframe.runtime.storage.StoreAnswer;
import dev.allframe.saga.SagaOrchestrator;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaMachine;
import dev.allframe.saga.machine.SagaState;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/**
 * The sagas of one AllFrame on this node: what must be registered for them, then, when that runs, what is told to them.
 * Thread-safe.
 */
public final class Sagas {

    /** Actor names are unique in an actor system, which may have several AllFrames. */
    private static final AtomicLong STARTED = new AtomicLong();

    private static final int WAKERS = 8;
    private static final long LOOK_NANOS = 2_000_000;
    private static final long MEMBERS_SECONDS = 30;
    private static final long TOLD_NANOS = 5_000_000_000L;

    private final ActorSystem<?> system;
    private final boolean clustered;
    private final Hosting hosting;
    private final SagaSettings settings;
    private final SagaDefinitions definitions;
    private final EventStoreBackend backend;
    private final AggregateType<SagaCommand, SagaEvent, SagaState> machine;
    private final SagaCodecs codecs;
    private final ProjectionType<String, SagaRow> sagas;
    private final ProjectionType<SagaViews.AwaitingStep, SagaViews.AwaitedEvent> awaited;
    private final CompletableFuture<View<String, SagaRow>> view = new CompletableFuture<>();
    private final CompletableFuture<View<SagaViews.AwaitingStep, SagaViews.AwaitedEvent>> awaitedView = new CompletableFuture<>();
    private final SagaEntrance entrance;
    private final SagaEffects effects;
    private final SagaStarts starts;
    private final AnnouncedDefinitions announced;
    private final CompletionStage<Done> announcement;
    private volatile boolean closed;
    private @Nullable ActorRef<SagaWaker.Message> waker;
    private @Nullable SharedWork wakers;
    private @Nullable SagaOrchestrator orchestrator;

    private Sagas(ActorSystem<?> system, boolean clustered, Hosting hosting, SagaDefinitions definitions,
            EventStoreBackend backend) {
        this.system = system;
        this.clustered = clustered;
        this.hosting = hosting;
        this.definitions = definitions;
        this.backend = backend;
        settings = SagaSettings.of(system.settings().config());
        machine = SagaMachine.type(definitions);
        codecs = new SagaCodecs(machine);
        sagas = SagaViews.sagas(machine);
        awaited = SagaViews.awaited(machine);
        entrance = new SagaEntrance(system, machine, hosting.clock());
        effects = new SagaEffects(system, definitions, entrance, new SagaSettler(backend, settings.clockSkew()),
                settings);
        starts = new SagaStarts(system, entrance, view);
        announced = new AnnouncedDefinitions(hosting.versions(), definitions);
        announcement = announced.announce();
    }

    /**
     * Sagas that are not told anything yet; empty where there are no definitions.
     *
     * @throws ConfigurationException if the storage gives no access to its events, or the configuration is wrong
     */
    public static Optional<Sagas> of(ActorSystem<?> system, boolean clustered, Hosting hosting,
            SagaDefinitions definitions) {
        if (definitions.isEmpty()) {
            return Optional.empty();
        }
        EventStoreBackend backend = hosting.storage().backend();
        if (backend == null) {
            throw new ConfigurationException("sagas need a storage whose events can be read in one order, and \""
                    + hosting.storage().name() + "\" is a Pekko journal without: use allframe.storage = memory or"
                    + " allsource");
        }
        return Optional.of(new Sagas(system, clustered, hosting, definitions, backend));
    }

    /** The views without which no saga runs: they can be built anew, and neither paused nor retired. */
    public static Set<String> neededViews() {
        return Set.of(SagaViews.SAGAS, SagaViews.AWAITED);
    }

    /** The names of views and reactions that these sagas need for themselves. */
    public static List<String> reservedNames(SagaDefinitions definitions) {
        return Stream.concat(Stream.of(SagaViews.SAGAS, SagaViews.AWAITED, SagaReactions.AWAITED),
                definitions.triggered().stream().map(each -> SagaReactions.nameOf(each.getFirst().type().name())))
                .toList();
    }

    /** The aggregate of all sagas. */
    public RegisteredAggregate<SagaCommand, SagaEvent, SagaState> aggregate() {
        return RegisteredAggregate.of(machine)
                .codedBy(codecs.events())
                .storingBy(announced::refusal)
                .tellingStatesTo(this::onState);
    }

    private void onState(StateListener.Instance saga, SagaState state, long sequenceNr, boolean recovered) {
        announced.stored(state);
        effects.onState(saga, state, sequenceNr, recovered);
    }

    /** The views that they need. */
    public List<RegisteredView<?, ?>> views() {
        return List.of(codecs.view(sagas, new SagaRowCodec()),
                codecs.view(awaited, JacksonRowCodec.of(awaited.rowClass())));
    }

    /** The reactions by which events reach them. */
    public List<RegisteredReaction> reactions() {
        return new SagaReactions(definitions, entrance, starts, announced, awaitedView, hosting.storage().storeId())
                .types()
                .stream()
                .map(RegisteredReaction::of)
                .toList();
    }

    /** How many messages to sagas may be under way. */
    public int maxInFlight() {
        return settings.maxInFlight();
    }

    /**
     * Holds the sagas that were stored against the definitions, then lets effects begin, and wakes those that are due.
     * Waits until their view is live.
     *
     * @param participants the user's bus, to aggregates
     * @param own the bus to sagas
     * @throws dev.allframe.runtime.evolution.UnreadableStoreException if an unfinished saga needs code that is missing
     * @throws StorageUnavailableException if their view is not live in time
     */
    public void open(CommandBus participants, CommandBus own, Views kept) {
        View<String, SagaRow> all = kept.view(sagas);
        awaitMembers(announcement);
        awaitLive(all, kept);
        SagaStartCheck.run(all, definitions);
        awaitMembers(announced.open(all));
        view.complete(all);
        awaitedView.complete(kept.view(awaited));
        entrance.open(own);
        effects.open(participants);
        startWaker(all);
        orchestrator = new ActorSagaOrchestrator(definitions, starts, effects.uses(),
                new OpenSagas(machine, entrance,
                        EventStore.of(backend, machine, codecs.events()), all,
                        hosting.storage().storeId()));
    }

    /** What is not known of members by then is refused while sagas run. */
    private static void awaitMembers(CompletionStage<Done> known) {
        known.toCompletableFuture()
                .copy()
                .completeOnTimeout(Done.getInstance(), MEMBERS_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private void awaitLive(View<String, SagaRow> all, Views kept) {
        Position end = StoreAnswer.of(backend.lastPosition(), "its last position");
        long begun = System.nanoTime();
        long told = begun;
        while (!isLive(all, end)) {
            long now = System.nanoTime();
            ProjectionMetadata view = kept.describe(SagaViews.SAGAS);
            boolean stands = view.state() == ProjectionState.FAILED || view.state() == ProjectionState.PAUSED
                    || view.state() == ProjectionState.RETIRED;
            if (stands || now - begun > settings.startPatience().toNanos()
                    || system.getWhenTerminated().toCompletableFuture().isDone()) {
                String where = view.position() + " of " + end;
                throw new StorageUnavailableException("the view of all sagas is " + view.state()
                        + (stands ? "" : " after " + settings.startPatience()) + ", at " + where
                        + (view.trouble().isEmpty() ? "" : ", " + view.trouble())
                        + (stands
                                ? ""
                                : ": starting again goes on from there; allframe.sagas.start-patience is how long a"
                                        + " start waits"),
                        new TimeoutException(where));
            }
            if (now - told > TOLD_NANOS) {
                told = now;
                system.log().info("waiting for the view of all sagas: it is at {} of {}", view.position(), end);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static boolean isLive(View<String, SagaRow> all, Position end) {
        try {
            return all.position().compareTo(end) >= 0 && all.count() >= 0;
        } catch (ViewNotReadyException building) {
            return false;
        }
    }

    private void startWaker(View<String, SagaRow> all) {
        String name = "allframe-saga-waker";
        if (clustered) {
            wakers = SharedWork.start(system, name, hosting.settings().role(), WAKERS, SagaWaker.Message.class,
                    part -> SagaWaker.create(all, entrance, SagaWaker.ofPart(part, WAKERS), () -> closed),
                    SagaWaker.Stop.INSTANCE);
        } else {
            waker = system.systemActorOf(SagaWaker.create(all, entrance, saga -> true, () -> closed),
                    name + "-" + STARTED.incrementAndGet(), Props.empty());
        }
    }

    /**
     * Starts, shows and operates sagas.
     *
     * @throws IllegalStateException before they are open
     */
    public SagaOrchestrator orchestrator() {
        SagaOrchestrator open = orchestrator;
        if (open == null) {
            throw new IllegalStateException("the sagas are not open yet");
        }
        return open;
    }

    /** Nothing waits any more for room, a view, or a storage: to be called before what waits is to stop. */
    public void endWaiting() {
        entrance.close();
    }

    /** Begins nothing more. What is under way ends; what cannot be told any more is found out at the next start. */
    public void close() {
        closed = true;
        effects.close();
        entrance.close();
        ActorRef<SagaWaker.Message> local = waker;
        if (local != null) {
            local.tell(SagaWaker.Stop.INSTANCE);
        }
        SharedWork shared = wakers;
        if (shared != null) {
            var unused = shared.stop();
        }
    }
}
