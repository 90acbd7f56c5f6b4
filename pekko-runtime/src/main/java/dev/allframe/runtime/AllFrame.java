package dev.allframe.runtime;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.projection.AsOf;
import dev.allframe.projection.Folding;
import dev.allframe.projection.PastView;
import dev.allframe.projection.ProjectionRegistry;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ReactionType;
import dev.allframe.projection.View;
import dev.allframe.query.QueryBus;
import dev.allframe.query.QueryType;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.aggregate.AggregateActor;
import dev.allframe.runtime.aggregate.AggregateHost;
import dev.allframe.runtime.aggregate.AggregateMessage;
import dev.allframe.runtime.aggregate.AggregateRegistry;
import dev.allframe.runtime.aggregate.Hosting;
import dev.allframe.runtime.aggregate.Hosts;
import dev.allframe.runtime.aggregate.RegisteredAggregate;
import dev.allframe.runtime.aggregate.VisibilityGuard;
import dev.allframe.runtime.command.ActorCommandBus;
import dev.allframe.runtime.evolution.StartCheck;
import dev.allframe.runtime.membership.ClusterJoin;
import dev.allframe.runtime.projection.Refusals;
import dev.allframe.runtime.projection.RegisteredView;
import dev.allframe.runtime.projection.Views;
import dev.allframe.runtime.query.LocalQueryBus;
import dev.allframe.runtime.query.QueryCheck;
import dev.allframe.runtime.query.QuerySettings;
import dev.allframe.runtime.reaction.Reactions;
import dev.allframe.runtime.reaction.RegisteredReaction;
import dev.allframe.runtime.saga.SagaDefinitions;
import dev.allframe.runtime.saga.Sagas;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.saga.SagaOrchestrator;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.machine.SagaMachine;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.History;
import dev.allframe.store.Registration;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The runtime: hosts aggregates in an actor system and takes commands for them.
 *
 * <pre>{@code
 * try (AllFrame bank = AllFrame.standalone("bank").aggregate(ACCOUNT).start()) {
 *   bank.commands().dispatch(ACCOUNT, "acc-1", new Deposit(czk(700)));
 * }
 * }</pre>
 *
 * Thread-safe. Settings are documented in {@code reference.conf} under {@code allframe}.
 */
public final class AllFrame implements AutoCloseable {

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

    /** When all instances have stopped, their last replies are on their way, or will never come. */
    private static final Duration REPLY_PATIENCE = Duration.ofSeconds(2);

    private final ActorSystem<?> system;
    private final boolean ownsSystem;
    private final Hosts hosts;
    private final Map<String, ActorCommandBus.HostedAggregate> hosted;
    private final ActorCommandBus commands;
    private final Views views;
    private final LocalQueryBus queries;
    private final Reactions reactions;
    private final @Nullable RunningSagas sagas;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** What the serializers know because of this AllFrame, by the names of the aggregates. */
    private final Map<String, Registration> registrations;

    /** Sagas, the bus by which they are told, and its host. */
    private record RunningSagas(Sagas sagas, ActorCommandBus bus, AggregateHost host) {

        void close() {
            sagas.close();
            bus.close();
        }
    }

    private AllFrame(ActorSystem<?> system, boolean ownsSystem, Hosts hosts,
            Map<String, ActorCommandBus.HostedAggregate> hosted, Map<String, Registration> registrations,
            ActorCommandBus commands, Views views, LocalQueryBus queries, Reactions reactions,
            @Nullable RunningSagas sagas) {
        this.system = system;
        this.ownsSystem = ownsSystem;
        this.hosts = hosts;
        this.hosted = hosted;
        this.views = views;
        this.queries = queries;
        this.reactions = reactions;
        this.registrations = new ConcurrentHashMap<>(registrations);
        this.commands = commands;
        this.sagas = sagas;
    }

    /** AllFrame in an existing actor system, beside its other actors; closing AllFrame leaves the system running. */
    public static Builder on(ActorSystem<?> system) {
        return new Builder(system, false, Clock.systemUTC());
    }

    /** AllFrame in an existing classic actor system. */
    public static Builder on(org.apache.pekko.actor.ActorSystem system) {
        return on(Adapter.toTyped(system));
    }

    /**
     * AllFrame with an actor system of its own, which ends when AllFrame is closed. Needs no configuration: without any
     * it keeps everything in memory. Where {@code application.conf} makes it a cluster member without seed nodes, it
     * forms a cluster of its own.
     */
    public static Builder standalone(String name) {
        return standalone(name, ConfigFactory.load());
    }

    /** As {@link #standalone(String)}, with a loaded configuration. */
    public static Builder standalone(String name, Config config) {
        // By one thread: SLF4J warns where the threads of an actor system find it first.
        LoggerFactory.getILoggerFactory();
        Config complete = StandaloneConfig.complete(config);
        return new Builder(Uninterrupted.call("allframe-start",
                () -> ActorSystem.create(Behaviors.empty(), name, complete)), true, Clock.systemUTC());
    }

    /** What is to be hosted. Used once, by one thread. */
    public static final class Builder {

        private final ActorSystem<?> system;
        private final boolean ownsSystem;
        private final Clock clock;
        private final List<AggregateType<?, ?, ?>> types = new ArrayList<>();
        private final List<CommandInterceptor> interceptors = new ArrayList<>();
        private final List<ProjectionType<?, ?>> projections = new ArrayList<>();
        private final List<ReactionType> reactions = new ArrayList<>();
        private final List<ReplayType> replays = new ArrayList<>();
        private final List<SagaType<?>> sagas = new ArrayList<>();
        private final List<QueryType<?, ?>> queries = new ArrayList<>();

        private Builder(ActorSystem<?> system, boolean ownsSystem, Clock clock) {
            this.system = system;
            this.ownsSystem = ownsSystem;
            this.clock = clock;
        }

        /** Hosts an aggregate type. */
        public Builder aggregate(AggregateType<?, ?, ?> type) {
            types.add(type);
            return this;
        }

        /**
         * Keeps a view, which is read by {@link AllFrame#view}. The version that it replaces is kept with it, and may
         * be given too.
         */
        public Builder projection(ProjectionType<?, ?> type) {
            projections.add(type);
            return this;
        }

        /** Runs a reaction: here, or in a cluster on one of the members. */
        public Builder reaction(ReactionType type) {
            reactions.add(type);
            return this;
        }

        /**
         * Lets {@link AllFrame#replays} give stored events to a handler once more: here, or in a cluster on one of the
         * members. A run that has not ended goes on.
         */
        public Builder replay(ReplayType type) {
            replays.add(type);
            return this;
        }

        /**
         * Runs sagas of a definition. Several versions of one may be given, as long as sagas run that were begun with
         * them.
         */
        public Builder saga(SagaType<?> type) {
            sagas.add(type);
            return this;
        }

        /** Answers the queries of a type, which are asked by {@link AllFrame#queries}. */
        public Builder query(QueryType<?, ?> type) {
            queries.add(Objects.requireNonNull(type, "type"));
            return this;
        }

        /** Puts an interceptor around every dispatch, inside of those that were added before. */
        public Builder intercept(CommandInterceptor interceptor) {
            interceptors.add(interceptor);
            return this;
        }

        /** The clock that gives events their timestamps, the system's unless set. */
        public Builder clock(Clock changed) {
            Builder builder = new Builder(system, ownsSystem, changed);
            builder.types.addAll(types);
            builder.interceptors.addAll(interceptors);
            builder.projections.addAll(projections);
            builder.reactions.addAll(reactions);
            builder.replays.addAll(replays);
            builder.sagas.addAll(sagas);
            builder.queries.addAll(queries);
            return builder;
        }

        /**
         * Checks everything and starts hosting. An interrupt of the calling thread does not end it, and stays set.
         *
         * Where the configuration names seed nodes, this waits first until the node is up in its cluster, at most for
         * {@code allframe.rolling-update.join-patience}. A start that fails ends an actor system that AllFrame made, so
         * that it leaves the cluster; one that was given stays a member, without AllFrame.
         *
         * @throws ConfigurationException if the configuration cannot work, or differs from that of the cluster's
         *         members where it must not; it says what to change
         * @throws dev.allframe.runtime.storage.StorageUnavailableException if the storage fails or does not answer:
         *         starting again may succeed
         * @throws dev.allframe.codec.InvalidDomainException if the classes of an aggregate cannot be stored or sent, or
         *         two aggregates have one name; with everything that is wrong with any of them
         * @throws dev.allframe.runtime.evolution.UnreadableStoreException if events were stored that this code cannot
         *         read
         */
        public AllFrame start() {
            return Uninterrupted.call("allframe-start", this::checkAndHost);
        }

        private AllFrame checkAndHost() {
            try {
                Checked checked = checked();
                Hosting.Settings settings = Hosting.Settings.of(system.settings().config());
                if (Hosts.isClustered(system)) {
                    ClusterJoin.await(system, settings.joinPatience());
                    refuseWhereTheClusterDoes(null);
                }
                Hosts hosts = Hosts.on(system, StoragePlugins.of(system), settings, clock);
                if (ownsSystem && hosts.clustered()
                        && system.settings().config().getStringList("pekko.cluster.seed-nodes").isEmpty()) {
                    Cluster cluster = Cluster.get(system);
                    cluster.manager().tell(Join.create(cluster.selfMember().address()));
                }
                return host(hosts, checked);
            } catch (RuntimeException | Error failed) {
                try {
                    refuseWhereTheClusterDoes(failed);
                } finally {
                    end();
                }
                throw failed;
            }
        }

        /** A node that the cluster refuses is ended by Pekko, so that something else may have failed first. */
        private void refuseWhereTheClusterDoes(@Nullable Throwable failed) {
            String refusal = Hosts.isClustered(system) ? ClusterJoin.refusal(system) : null;
            if (refusal != null && !(failed instanceof ConfigurationException)) {
                throw failed == null
                        ? new ConfigurationException(refusal)
                        : new ConfigurationException(refusal, failed);
            }
        }

        /** Ends an actor system that AllFrame made: it leaves the cluster, which its caller need not see to. */
        private void end() {
            if (ownsSystem) {
                system.terminate();
                try {
                    await(system.getWhenTerminated().toCompletableFuture());
                } catch (IllegalStateException late) {
                    system.log().warn("the actor system that AllFrame has made does not end", late);
                }
            }
        }

        /**
         * What was found to be fine.
         *
         * @param aggregates what is hosted
         * @param read aggregates whose events views and reactions read, and which are not hosted
         * @param views what is kept
         * @param reactions what is run
         * @param replays what runs when it is told to
         * @param sagas the definitions of sagas
         */
        private record Checked(List<RegisteredAggregate<?, ?, ?>> aggregates,
                List<RegisteredAggregate<?, ?, ?>> read, List<RegisteredView<?, ?>> views,
                List<RegisteredReaction> reactions, List<RegisteredReaction> replays, SagaDefinitions sagas) {}

        private Checked checked() {
            Map<String, RegisteredAggregate<?, ?, ?>> aggregates = new LinkedHashMap<>();
            Map<String, RegisteredAggregate<?, ?, ?>> read = new LinkedHashMap<>();
            List<RegisteredView<?, ?>> views = new ArrayList<>();
            Set<String> problems = new LinkedHashSet<>();
            Set<String> names = new HashSet<>();
            for (AggregateType<?, ?, ?> type : types) {
                if (!names.add(type.name())) {
                    problems.add("two aggregates are named '" + type.name() + "'");
                }
                checked(problems, () -> aggregates.put(type.name(), RegisteredAggregate.of(type)));
            }
            Set<String> viewNames = new HashSet<>();
            List<ProjectionType<?, ?>> replaced = projections.stream()
                    .flatMap(type -> type.replaced().stream())
                    .<ProjectionType<?, ?>>map(ProjectionType.Replaced::type)
                    .toList();
            List<ProjectionType<?, ?>> named = projections.stream().filter(type -> !replaced.contains(type)).toList();
            List<ProjectionType<?, ?>> all = Stream.concat(named.stream(), replaced.stream()).toList();
            for (ProjectionType<?, ?> type : named) {
                if (!viewNames.add(type.name())) {
                    problems.add("two views are named '" + type.name() + "'");
                }
                checked(problems, () -> views.add(RegisteredView.of(type)));
            }
            for (ProjectionType<?, ?> type : all) {
                for (ProjectionType.Source<?, ?, ?> source : type.sources()) {
                    read(source.aggregate(), aggregates, read, problems, "view '" + type.name() + "'");
                }
            }
            List<RegisteredReaction> running = new ArrayList<>();
            for (ReactionType type : reactions) {
                if (!viewNames.add(type.name())) {
                    problems.add("two views or reactions are named '" + type.name() + "'");
                }
                checked(problems, () -> running.add(RegisteredReaction.of(type)));
                for (ReactionType.Source<?> source : type.sources()) {
                    read(source.aggregate(), aggregates, read, problems, "reaction '" + type.name() + "'");
                }
            }
            QueryCheck.run(queries, all, problems);
            List<RegisteredReaction> replaying = new ArrayList<>();
            for (ReplayType type : replays) {
                if (!viewNames.add(type.name())) {
                    problems.add("two views, reactions or replays are named '" + type.name() + "'");
                }
                checked(problems, () -> replaying.add(RegisteredReaction.of(type)));
                for (ReactionType.Source<?> source : type.work().sources()) {
                    read(source.aggregate(), aggregates, read, problems, "replay '" + type.name() + "'");
                }
            }
            Map<String, AggregateType<?, ?, ?>> hosted = new LinkedHashMap<>();
            types.forEach(type -> hosted.put(type.name(), type));
            SagaDefinitions definitions = SagaDefinitions.of(sagas, hosted, problems);
            for (AggregateType<?, ?, ?> type : definitions.read()) {
                read(type, aggregates, read, problems, "a saga");
            }
            if (!definitions.isEmpty()) {
                Sagas.reservedNames(definitions)
                        .stream()
                        .filter(viewNames::contains)
                        .forEach(name -> problems.add("a view or reaction is named '" + name
                                + "', which sagas need for themselves: give it another name"));
            }
            if (!problems.isEmpty()) {
                throw new InvalidDomainException(List.copyOf(problems));
            }
            return new Checked(List.copyOf(aggregates.values()), List.copyOf(read.values()), views, running,
                    replaying, definitions);
        }

        private static void read(AggregateType<?, ?, ?> type, Map<String, RegisteredAggregate<?, ?, ?>> hosted,
                Map<String, RegisteredAggregate<?, ?, ?>> read, Set<String> problems, String reader) {
            RegisteredAggregate<?, ?, ?> known = hosted.getOrDefault(type.name(), read.get(type.name()));
            if (known == null) {
                checked(problems, () -> read.put(type.name(), RegisteredAggregate.of(type)));
            } else if (!known.type().eventClass().equals(type.eventClass())) {
                problems.add(reader + " reads aggregate '" + type.name() + "' with other classes of events: "
                        + type.eventClass().getName() + ", and not " + known.type().eventClass().getName());
            }
        }

        private static void checked(Set<String> problems, Runnable part) {
            try {
                part.run();
            } catch (InvalidDomainException invalid) {
                problems.addAll(invalid.problems());
            }
        }

        private AllFrame host(Hosts hosts, Checked checked) {
            Map<String, Registration> registrations = new LinkedHashMap<>();
            Map<String, ActorCommandBus.HostedAggregate> hosted = new LinkedHashMap<>();
            List<AggregateHost> started = new ArrayList<>();
            Views views = null;
            Reactions running = null;
            RunningSagas open = null;
            try {
                Hosting hosting = hosts.hosting();
                QuerySettings asked = QuerySettings.of(system.settings().config());
                Sagas told = Sagas.of(system, hosts.clustered(), hosting, checked.sagas).orElse(null);
                RegisteredAggregate<?, ?, ?> machine = told == null ? null : told.aggregate();
                StartCheck.run(system, hosting,
                        Stream.of(checked.aggregates.stream(), checked.read.stream(),
                                Stream.<RegisteredAggregate<?, ?, ?>>ofNullable(machine))
                                .flatMap(all -> all)
                                .toList());
                for (RegisteredAggregate<?, ?, ?> aggregate : checked.aggregates) {
                    hosted.put(aggregate.type().name(),
                            new ActorCommandBus.HostedAggregate(aggregate.type(),
                                    started(hosts, aggregate, registrations, started)));
                }
                ActorCommandBus commands = new ActorCommandBus(system, hosted, hosting, interceptors);
                List<RegisteredView<?, ?>> kept = new ArrayList<>(checked.views);
                List<RegisteredReaction> reacting = new ArrayList<>(checked.reactions);
                if (told != null && machine != null) {
                    AggregateHost host = started(hosts, machine, registrations, started);
                    String name = machine.type().name();
                    open = new RunningSagas(told, commands.beside(
                            Map.of(name, new ActorCommandBus.HostedAggregate(machine.type(), host)),
                            told.maxInFlight()), host);
                    kept.addAll(told.views());
                    reacting.addAll(told.reactions());
                }
                VisibilityGuard guard = hosting.guard();
                views = Views.start(system, hosting.storage(), new Refusals(guard::refusal, guard::onChange), clock,
                        kept);
                running = Reactions.start(system, hosts.clustered(), hosting, reacting, checked.replays);
                if (open != null) {
                    open.sagas.open(commands, open.bus, views);
                }
                return new AllFrame(system, ownsSystem, hosts, hosted, registrations, commands, views,
                        new LocalQueryBus(queries, views, asked, clock), running, open);
            } catch (RuntimeException | Error failed) {
                if (open != null) {
                    open.close();
                }
                if (running != null) {
                    var unused = running.stop();
                }
                if (views != null) {
                    var unused = views.stop();
                }
                started.forEach(AggregateHost::stop);
                registrations.values().forEach(Registration::close);
                hosts.close();
                throw failed;
            }
        }

        private AggregateHost started(Hosts hosts, RegisteredAggregate<?, ?, ?> aggregate,
                Map<String, Registration> registrations, List<AggregateHost> started) {
            registrations.put(aggregate.type().name(), AggregateRegistry.get(system).add(aggregate, clock));
            AggregateHost host = hosts.start(aggregate);
            started.add(host);
            return host;
        }
    }

    /** Sends commands to aggregates. */
    public CommandBus commands() {
        return commands;
    }

    /** Asks queries, which are answered from the views of this node. */
    public QueryBus queries() {
        return queries;
    }

    /**
     * A view that was given to the builder, or the version that one replaces. Of two versions, the type of the new one
     * gives what is answered by the version of the operator's choice, and that of the old one gives the old rows.
     *
     * @throws IllegalArgumentException if it was not
     */
    public <K, R> View<K, R> view(ProjectionType<K, R> type) {
        return views.view(type);
    }

    /**
     * A view as it was, or as it would be: its events up to a moment are folded into tables of their own, on a virtual
     * thread. The view need not have been given to the builder. Reads the store from its beginning; the rows are on
     * disk where the views are, and go when the view is closed.
     *
     * @return fails with {@link IllegalStateException} where the view fails at an event, and with
     *         {@link dev.allframe.store.DeletedEventsException} where events were deleted that it would need, unless
     *         the question accepts that
     * @throws dev.allframe.codec.InvalidDomainException if something is wrong with the view
     */
    public <K, R> CompletionStage<PastView<K, R>> asOf(ProjectionType<K, R> type, AsOf asOf) {
        return asOf(type, asOf, progress -> {});
    }

    /**
     * As {@link #asOf(ProjectionType, AsOf)}.
     *
     * @param progress is told how far it is, often, on the thread that folds
     */
    public <K, R> CompletionStage<PastView<K, R>> asOf(ProjectionType<K, R> type, AsOf asOf,
            Consumer<Folding> progress) {
        return views.asOf(Objects.requireNonNull(type, "type"), Objects.requireNonNull(asOf, "asOf"),
                Objects.requireNonNull(progress, "progress"));
    }

    /**
     * The states that an instance has had.
     *
     * @throws UnsupportedOperationException if the storage is not one of ours
     */
    public <E extends Event, S> History<S> history(AggregateType<?, E, S> type, String id) {
        return History.of(eventStore(type), type, id);
    }

    /** How the views and the reactions are doing, and what can be done with them. */
    public ProjectionRegistry projections() {
        return new ViewsAndReactions(views, reactions, sagas == null ? Set.of() : Sagas.neededViews());
    }

    /**
     * Starts, shows and operates replays.
     *
     * @throws IllegalStateException if no replay was given to the builder
     */
    public ReplayManager replays() {
        return reactions.replays();
    }

    /**
     * Starts, shows and operates sagas.
     *
     * @throws IllegalStateException if no saga was given to the builder
     */
    public SagaOrchestrator sagas() {
        if (sagas == null) {
            throw new IllegalStateException("no saga was given to the builder of this AllFrame: add .saga(…)");
        }
        return sagas.sagas.orchestrator();
    }

    /**
     * The stored events of an aggregate type, to be read without actors. Appending fails with
     * {@link dev.allframe.runtime.rolling.NotYetReadableException} where an instance would answer with
     * {@code CommandError.NotYetReadable}.
     *
     * @throws UnsupportedOperationException if the storage is not one of ours; use the read side of its Pekko plugin
     */
    public <E extends Event> EventStore<E> eventStore(AggregateType<?, E, ?> type) {
        return EventStore.of(backend(), type,
                hosts.hosting().versions().guarded(type.name(), JacksonEventCodec.of(type)));
    }

    /**
     * The store behind the persistence plugins. It belongs to the actor system: do not close it.
     *
     * @throws UnsupportedOperationException if the storage is not one of ours
     */
    public EventStoreBackend backend() {
        EventStoreBackend backend = hosts.hosting().storage().backend();
        if (backend == null) {
            throw new UnsupportedOperationException("storage \"" + hosts.hosting().storage().name()
                    + "\" gives no access to an event store backend; read it through its own Pekko read journal");
        }
        return backend;
    }

    /**
     * The behavior of one instance, for people who host it by themselves: in their own sharding or under a testkit. It
     * takes {@link AggregateMessage.Execute} and answers with {@link AggregateMessage.Reply}. Its messages can be sent
     * between nodes that have called this. The first call for a type that was not given to the builder holds what is
     * stored against its classes, as starting does, and waits for the storage meanwhile. An interrupt does not end the
     * waiting, and stays set.
     *
     * @throws dev.allframe.codec.InvalidDomainException if the classes of the aggregate cannot be stored
     * @throws dev.allframe.runtime.evolution.UnreadableStoreException if events were stored that this code cannot read
     * @throws ConfigurationException if another AllFrame of this actor system has an aggregate of this name, or this
     *         one has it with other classes
     * @throws IllegalStateException after {@link #close()}
     */
    public Behavior<AggregateMessage> behavior(AggregateType<?, ?, ?> type, String id) {
        if (closed.get()) {
            throw new IllegalStateException("AllFrame is closed");
        }
        RegisteredAggregate<?, ?, ?> known = AggregateRegistry.get(system).find(type.name());
        RegisteredAggregate<?, ?, ?> aggregate = known != null && registrations.containsKey(type.name())
                && known.type().equals(type) ? known : register(type);
        return AggregateActor.create(aggregate, id, hosts.hosting());
    }

    /** Looks into the classes of a type, and registers it where that was not done. */
    private RegisteredAggregate<?, ?, ?> register(AggregateType<?, ?, ?> type) {
        RegisteredAggregate<?, ?, ?> aggregate = RegisteredAggregate.of(type);
        AggregateRegistry registry = AggregateRegistry.get(system);
        registrations.computeIfAbsent(type.name(), name -> {
            Registration added = registry.add(aggregate, hosts.hosting().clock());
            try {
                return Uninterrupted.call("allframe-check", () -> {
                    StartCheck.run(system, hosts.hosting(), List.of(aggregate));
                    return added;
                });
            } catch (RuntimeException | Error refused) {
                added.close();
                throw refused;
            }
        });
        if (!aggregate.hasClassesOf(Objects.requireNonNull(registry.find(type.name())))) {
            throw new ConfigurationException("aggregate '" + type.name()
                    + "' is registered with other classes on this actor system; give it another name");
        }
        return aggregate;
    }

    /**
     * How this node is doing: its storage, the host of each aggregate, its views, reactions and replays, and what
     * guards them. For a probe of a container, or a gauge: cheap, from any thread, also after {@link #close()}; waits
     * for nothing and does not throw.
     */
    public Health health() {
        Map<String, AggregateHost> known = new LinkedHashMap<>();
        hosted.forEach((name, aggregate) -> known.put(name, aggregate.host()));
        if (sagas != null) {
            known.put(SagaMachine.AGGREGATE, sagas.host);
        }
        return HealthCheck.of(hosts.hosting(), known, views.troubles(), reactions.troubles(),
                reactions.troublesOfReplays());
    }

    /** The actor system that hosts. */
    public ActorSystem<?> system() {
        return system;
    }

    /**
     * Stops the instances that live here after what they are doing; ends the actor system if AllFrame made it. Every
     * dispatch and every query has its result afterwards. Waits up to 30 seconds for the instances and as long for the
     * actor system; not to be called from an actor. An interrupt does not end the waiting, and stays set. Closing twice
     * does nothing.
     *
     * @throws IllegalStateException if something did not stop in time; all the rest is closed
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (sagas != null) {
            sagas.sagas.endWaiting();
        }
        try { // first: their effects may send commands
            await(CompletableFuture.anyOf(reactions.stop().toCompletableFuture(),
                    system.getWhenTerminated().toCompletableFuture()));
        } finally {
            if (sagas != null) {
                sagas.close();
            }
            closeHosts();
        }
    }

    private void closeHosts() {
        commands.close();
        try {
            await(CompletableFuture.anyOf(stopHosts(), system.getWhenTerminated().toCompletableFuture()));
        } finally {
            try {
                queries.close();
                hosts.close();
                await(CompletableFuture.anyOf(views.stop().toCompletableFuture(),
                        system.getWhenTerminated().toCompletableFuture()));
                answered().completeOnTimeout(null, REPLY_PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
                registrations.values().forEach(Registration::close);
                if (ownsSystem) {
                    system.terminate();
                    await(system.getWhenTerminated().toCompletableFuture());
                }
            } finally {
                commands.abandon();
                if (sagas != null) {
                    sagas.bus.abandon();
                }
            }
        }
    }

    private CompletableFuture<Void> answered() {
        return sagas == null
                ? commands.answered()
                : CompletableFuture.allOf(commands.answered(), sagas.bus.answered());
    }

    private CompletableFuture<Void> stopHosts() {
        List<CompletableFuture<?>> stopping = new ArrayList<>();
        List<AggregateHost> all = new ArrayList<>();
        hosted.values().forEach(aggregate -> all.add(aggregate.host()));
        if (sagas != null) {
            all.add(sagas.host);
        }
        for (AggregateHost host : all) {
            try {
                stopping.add(host.stop().toCompletableFuture());
            } catch (RuntimeException systemHasEnded) {
                stopping.add(system.getWhenTerminated().toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(stopping.toArray(CompletableFuture<?>[]::new));
    }

    private static void await(CompletableFuture<?> end) {
        try { // join goes on when it is interrupted, and leaves the flag set
            end.copy().orTimeout(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof TimeoutException
                    ? new IllegalStateException("AllFrame did not stop within " + STOP_PATIENCE, failed)
                    : new IllegalStateException("AllFrame did not stop", failed);
        }
    }
}
