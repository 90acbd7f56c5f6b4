package dev.allframe.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ReactionType;
import dev.allframe.projection.View;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.saga.Sagas;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaOrchestrator;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaType;
import dev.allframe.store.EventStore;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Runs aggregates, views, reactions and sagas as they run in production, actors, command bus and journal, for the tests
 * of one class: in this process, with in-memory storage and virtual time.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final AllFrameTestKit kit = AllFrameTestKit.of(ACCOUNT);
 *
 * @Test void a_deposit_survives_passivation() {
 *   kit.send(ACCOUNT, "acc-1", new Deposit(czk(700)));
 *   kit.passivateAll();
 *   assertThat(kit.events(ACCOUNT, "acc-1")).containsExactly(new Deposited(czk(700)));
 * }
 * }</pre>
 *
 * One actor system is started before the first test of the class and ended after the last; tests keep apart by using
 * instances of their own. Register it in a static field. Time stands still until {@link #advance}: no timer fires and
 * no dispatch times out by itself.
 */
public final class AllFrameTestKit implements BeforeAllCallback, AfterAllCallback {

    /** The virtual time at which every test class begins. */
    public static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    /** Real time after which a result that does not come is a failure. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final long POLL_NANOS = 500_000;
    private static final long SETTLING_NANOS = 100_000_000;

    private final List<AggregateType<?, ?, ?>> types;
    private final List<ProjectionType<?, ?>> projections;
    private final List<ReactionType> reactions;
    private final List<SagaType<?>> sagas;
    private final Config config;
    private final VirtualClock clock = new VirtualClock(START);
    private @Nullable Running running;

    private record Running(ActorTestKit actors, VirtualScheduler timers, AllFrame allFrame) {}

    private AllFrameTestKit(List<AggregateType<?, ?, ?>> types, List<ProjectionType<?, ?>> projections,
            List<ReactionType> reactions, List<SagaType<?>> sagas, Config config) {
        this.types = types;
        this.projections = projections;
        this.reactions = reactions;
        this.sagas = sagas;
        this.config = config;
    }

    /** A testkit that hosts these aggregates. */
    public static AllFrameTestKit of(AggregateType<?, ?, ?>... types) {
        return new AllFrameTestKit(new ArrayList<>(Arrays.asList(types)), List.of(), List.of(), List.of(),
                ConfigFactory.empty());
    }

    /** The same with a view, which is read by {@link #view}. */
    public AllFrameTestKit projection(ProjectionType<?, ?> type) {
        return new AllFrameTestKit(types, with(projections, type), reactions, sagas, config);
    }

    /** The same with a reaction. Its effects begin in real time; pauses between attempts are virtual time. */
    public AllFrameTestKit reaction(ReactionType type) {
        return new AllFrameTestKit(types, projections, with(reactions, type), sagas, config);
    }

    /**
     * The same with a saga, which is started by {@link #start}. Its steps begin in real time; what it waits for, such
     * as the pause before another attempt, the time limit of a call and its deadline, is virtual time.
     */
    public AllFrameTestKit saga(SagaType<?> type) {
        return new AllFrameTestKit(types, projections, reactions, with(sagas, type), config);
    }

    private static <T> List<T> with(List<T> all, T added) {
        return Stream.concat(all.stream(), Stream.of(added)).toList();
    }

    /** The same with settings in HOCON that go before those of {@code application.conf}. */
    public AllFrameTestKit withConfig(String hocon) {
        return new AllFrameTestKit(types, projections, reactions, sagas,
                ConfigFactory.parseString(hocon).withFallback(config));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Config complete = config.withFallback(ConfigFactory.parseString("""
                allframe.storage = memory
                pekko.actor.provider = local
                pekko.loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
                pekko.logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
                pekko.loglevel = INFO
                pekko.scheduler.implementation = dev.allframe.testkit.VirtualScheduler
                """)).withFallback(ConfigFactory.load());
        // By one thread: SLF4J warns where the threads of an actor system find it first.
        LoggerFactory.getILoggerFactory();
        ActorTestKit actors = uninterrupted(
                () -> ActorTestKit.create(context.getRequiredTestClass().getSimpleName(), complete));
        try {
            AllFrame.Builder builder = AllFrame.on(actors.system()).clock(clock);
            types.forEach(builder::aggregate);
            projections.forEach(builder::projection);
            reactions.forEach(builder::reaction);
            sagas.forEach(builder::saga);
            running = new Running(actors, (VirtualScheduler) actors.system().classicSystem().scheduler(),
                    builder.start());
        } catch (RuntimeException failed) {
            shutDown(actors);
            throw failed;
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Running ended = running;
        running = null;
        if (ended != null) {
            try {
                ended.allFrame.close();
            } finally {
                shutDown(ended.actors);
            }
        }
    }

    private static void shutDown(ActorTestKit actors) {
        uninterrupted(() -> {
            actors.shutdownTestKit();
            return actors;
        });
    }

    /** Pekko's testkit waits in both, and an interrupt would end that in the middle; it stays set for the caller. */
    private static <T> T uninterrupted(Supplier<T> call) {
        try {
            return CompletableFuture.supplyAsync(call, task -> Thread.ofPlatform().daemon().start(task)).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException(
                    "the testkit runs during the tests of a class: put it into a static field with @RegisterExtension");
        }
        return running;
    }

    /** The runtime under test. */
    public AllFrame allFrame() {
        return running().allFrame;
    }

    /**
     * The command bus. Results come in real time; a dispatch that gets none does not time out unless the test advances
     * time.
     */
    public CommandBus commands() {
        return allFrame().commands();
    }

    /** Pekko's own testkit on the same actor system: probes, and actors that a test spawns. */
    public ActorTestKit actors() {
        return running().actors;
    }

    /** Sends a command and waits, at most 20 seconds of real time, for what became of it. */
    public <C extends Command, E extends Event, S> CommandResult<E> send(AggregateType<C, E, S> type, String id,
            C command) {
        return send(type, id, command, CommandOptions.none());
    }

    /** Sends a command with options and waits, at most 20 seconds of real time, for what became of it. */
    public <C extends Command, E extends Event, S> CommandResult<E> send(AggregateType<C, E, S> type, String id,
            C command, CommandOptions options) {
        try {
            return inTime(commands().dispatch(type, id, command, options),
                    "result of " + command + " for " + type.name() + " " + id);
        } catch (CompletionException failed) {
            throw new AssertionError("dispatch of " + command + " is broken", failed.getCause());
        }
    }

    private static <A> A inTime(CompletionStage<A> stage, String what) {
        try {
            return stage.toCompletableFuture()
                    .copy()
                    .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join(); // which goes on when it is interrupted, and leaves the flag set
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof TimeoutException late) {
                throw new AssertionError("no " + what + " within " + PATIENCE + " of real time", late);
            }
            throw failed;
        }
    }

    /** Starts, shows and operates the sagas that were given by {@link #saga}. */
    public SagaOrchestrator sagas() {
        return allFrame().sagas();
    }

    /**
     * Starts a saga and waits, at most 20 seconds of real time, until that is stored.
     *
     * @throws SagaException if it cannot be started
     */
    public <T> SagaHandle start(SagaType<T> type, String id, T context) {
        try {
            return inTime(sagas().start(type, id, context), "start of saga " + type.name() + "/" + id);
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof SagaException refused ? refused : failed;
        }
    }

    /**
     * Waits, at most 20 seconds of real time, until a saga is as wanted, whoever has started it; one that has ended or
     * is parked, and is not, is a failure at once. No virtual time passes meanwhile: where the saga waits for a time,
     * the test lets that pass by {@link #advance}.
     */
    public SagaStatus awaitSaga(SagaHandle saga, Predicate<SagaStatus> wanted) {
        return await(saga, wanted, "as wanted");
    }

    /** {@link #awaitSaga} until a step is under way: attempted, waiting, or undone. */
    public SagaStatus awaitStep(SagaHandle saga, String step) {
        return await(saga, status -> step.equals(status.step()), "at step '" + step + "'");
    }

    /** {@link #awaitSaga} until a saga has ended so, or is parked. */
    public SagaStatus awaitPhase(SagaHandle saga, SagaStatus.Phase phase) {
        return await(saga, status -> status.phase() == phase, phase.text());
    }

    private SagaStatus await(SagaHandle saga, Predicate<SagaStatus> wanted, String what) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            SagaStatus now = inTime(saga.status(), "status of " + name(saga)).orElse(null);
            if (now != null && wanted.test(now)) {
                return now;
            }
            boolean stands = now != null && now.phase() != SagaStatus.Phase.RUNNING;
            if (stands || System.nanoTime() > deadline) {
                throw new AssertionError(name(saga) + " is not " + what
                        + (stands ? "" : " within " + PATIENCE + " of real time") + ": at " + clock.instant() + " "
                        + (now == null ? "it was not started" : "it is " + now) + "; its history: "
                        + inTime(saga.history(), "history of " + name(saga)));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static String name(SagaHandle saga) {
        return "saga " + saga.definition() + "/" + saga.id();
    }

    /** The stored events of an instance, in order. */
    public <E extends Event> List<E> events(AggregateType<?, E, ?> type, String id) {
        return eventStore(type).streamEvents(id).map(RecordedEvent::event).toList();
    }

    /** The stored events of an aggregate type, with their metadata and positions. */
    public <E extends Event> EventStore<E> eventStore(AggregateType<?, E, ?> type) {
        return allFrame().eventStore(type);
    }

    /**
     * A view that was given by {@link #projection}. Time limits of its methods are real time.
     *
     * @throws IllegalArgumentException if it was not
     */
    public <K, R> View<K, R> view(ProjectionType<K, R> type) {
        return allFrame().view(type);
    }

    /** How the views are doing, and what can be done with them. */
    public ProjectionRegistry projections() {
        return allFrame().projections();
    }

    /**
     * Waits, at most 20 seconds of real time, until every view, that of the sagas included, has applied all that was
     * stored before the call, except events of parked streams and those of retired views. A view that is paused or
     * stands before an event that failed is a failure at once.
     */
    public void awaitViews() {
        awaitViews(Stream.concat(projections.stream().map(ProjectionType::name), viewsOfSagas()).toList());
    }

    private Stream<String> viewsOfSagas() {
        return sagas.isEmpty() ? Stream.empty() : Sagas.neededViews().stream();
    }

    private void awaitViews(List<String> names) {
        Position end = allFrame().backend().lastPosition().toCompletableFuture().join();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (String name : names) {
            ProjectionMetadata now = projections().describe(name);
            while (now.state() != ProjectionState.RETIRED
                    && (now.generation() == 0 || now.position().compareTo(end) < 0)) {
                boolean stands = now.state() == ProjectionState.FAILED || now.state() == ProjectionState.PAUSED;
                if (stands || System.nanoTime() > deadline) {
                    throw new AssertionError("view '" + name + "' has not applied what is stored"
                            + (stands ? "" : " within " + PATIENCE + " of real time") + ": it is " + now.state()
                            + " at " + now.position() + ", the end is " + end
                            + (now.trouble().isEmpty() ? "" : "; " + now.trouble()));
                }
                LockSupport.parkNanos(POLL_NANOS);
                now = projections().describe(name);
            }
        }
    }

    /** The virtual clock, which gives events their timestamps. */
    public Clock clock() {
        return clock;
    }

    /**
     * Lets virtual time pass: timers that are due fire before this returns, and their messages are on their way. What
     * begins because of that begins at the end of the time that has passed, and has its own time limits from there. A
     * saga whose wait was stored before the call, and is over by then, goes on.
     *
     * <p>Waits a tenth of a second first, so that what is on its way sets its timers.
     */
    public void advance(Duration time) {
        Running now = running();
        LockSupport.parkNanos(SETTLING_NANOS);
        awaitViews(viewsOfSagas().toList()); // by which sagas are woken
        clock.advance(time);
        now.timers.advance(time);
    }

    /**
     * Lets so much time pass that every instance without a command is stopped: its next command finds it recovered from
     * what is stored.
     */
    public void passivateAll() {
        advance(allFrame().system().settings().config().getDuration("allframe.passivate-after").multipliedBy(2));
    }
}
