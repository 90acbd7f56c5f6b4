package dev.allframe.runtime;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.command.CommandBus;
import dev.allframe.runtime.aggregate.AggregateActor;
import dev.allframe.runtime.aggregate.AggregateMessage;
import dev.allframe.runtime.aggregate.AggregateRegistry;
import dev.allframe.runtime.aggregate.Hosting;
import dev.allframe.runtime.aggregate.Hosts;
import dev.allframe.runtime.aggregate.RegisteredAggregate;
import dev.allframe.runtime.command.ActorCommandBus;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;

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

    private final ActorSystem<?> system;
    private final boolean ownsSystem;
    private final Hosts hosts;
    private final Map<String, ActorCommandBus.Registration> registrations;
    private final ActorCommandBus commands;

    private AllFrame(ActorSystem<?> system, boolean ownsSystem, Hosts hosts,
            Map<String, ActorCommandBus.Registration> registrations) {
        this.system = system;
        this.ownsSystem = ownsSystem;
        this.hosts = hosts;
        this.registrations = registrations;
        this.commands = new ActorCommandBus(system, registrations, hosts.hosting().settings());
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
     * AllFrame with an actor system of its own, which ends when AllFrame is closed. Needs no configuration: without any it keeps everything in memory. Where
     * {@code application.conf} makes it a cluster member without seed nodes, it forms a cluster of its own.
     */
    public static Builder standalone(String name) {
        return standalone(name, ConfigFactory.load());
    }

    /** As {@link #standalone(String)}, with a loaded configuration. */
    public static Builder standalone(String name, Config config) {
        boolean storageChosen = !config.getString("allframe.storage").isEmpty()
                || !config.getString("pekko.persistence.journal.plugin").isEmpty();
        Config complete = storageChosen
                ? config
                : ConfigFactory.parseString("allframe.storage = memory").withFallback(config);
        return new Builder(ActorSystem.create(Behaviors.empty(), name, complete), true, Clock.systemUTC());
    }

    /** What is to be hosted. Used once, by one thread. */
    public static final class Builder {

        private final ActorSystem<?> system;
        private final boolean ownsSystem;
        private final Clock clock;
        private final List<AggregateType<?, ?, ?>> types = new ArrayList<>();

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

        /** The clock that gives events their timestamps, the system's unless set. */
        public Builder clock(Clock changed) {
            Builder builder = new Builder(system, ownsSystem, changed);
            builder.types.addAll(types);
            return builder;
        }

        /**
         * Checks everything and starts hosting.
         *
         * @throws dev.allframe.runtime.storage.ConfigurationException if the configuration cannot work; it says what to change
         * @throws dev.allframe.codec.InvalidDomainException if the classes of an aggregate cannot be stored
         */
        public AllFrame start() {
            try {
                List<RegisteredAggregate<?, ?, ?>> aggregates = new ArrayList<>();
                types.forEach(type -> aggregates.add(RegisteredAggregate.of(type)));
                Hosting.Settings settings = Hosting.Settings.of(system.settings().config());
                Hosts hosts = Hosts.on(system, StoragePlugins.of(system), settings, clock);
                if (ownsSystem && hosts.clustered()
                        && system.settings().config().getStringList("pekko.cluster.seed-nodes").isEmpty()) {
                    Cluster cluster = Cluster.get(system);
                    cluster.manager().tell(Join.create(cluster.selfMember().address()));
                }
                return new AllFrame(system, ownsSystem, hosts, host(hosts, aggregates));
            } catch (RuntimeException failed) {
                if (ownsSystem) {
                    system.terminate();
                }
                throw failed;
            }
        }

        private Map<String, ActorCommandBus.Registration> host(Hosts hosts,
                List<RegisteredAggregate<?, ?, ?>> aggregates) {
            AggregateRegistry registry = AggregateRegistry.get(system);
            Map<String, ActorCommandBus.Registration> registrations = new LinkedHashMap<>();
            try {
                for (RegisteredAggregate<?, ?, ?> aggregate : aggregates) {
                    registry.add(aggregate);
                    registrations.put(aggregate.type().name(),
                            new ActorCommandBus.Registration(aggregate.type(), hosts.start(aggregate)));
                }
                return registrations;
            } catch (RuntimeException failed) {
                registrations.forEach((name, registration) -> {
                    registration.host().stop();
                    registry.remove(name);
                });
                throw failed;
            }
        }
    }

    /** Sends commands to aggregates. */
    public CommandBus commands() {
        return commands;
    }

    /**
     * The stored events of an aggregate type, to be read without actors.
     *
     * @throws UnsupportedOperationException if the storage is not one of ours; use the read side of its Pekko plugin
     */
    public <E extends Event> EventStore<E> eventStore(AggregateType<?, E, ?> type) {
        return EventStore.of(backend(), type, JacksonEventCodec.of(type));
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
     * The behavior of one instance, for people who host it by themselves: in their own sharding or under a testkit. It takes
     * {@link AggregateMessage.Execute} and answers with {@link AggregateMessage.Reply}.
     *
     * @throws dev.allframe.codec.InvalidDomainException if the classes of the aggregate cannot be stored
     */
    public Behavior<AggregateMessage> behavior(AggregateType<?, ?, ?> type, String id) {
        return AggregateActor.create(RegisteredAggregate.of(type), id, hosts.hosting());
    }

    /** The actor system that hosts. */
    public ActorSystem<?> system() {
        return system;
    }

    /**
     * Stops the instances that live here after what they are doing; ends the actor system if AllFrame made it. Waits up to 30 seconds, not to be called from
     * an actor.
     */
    @Override
    public void close() {
        commands.close();
        if (ownsSystem) {
            system.terminate();
            await(() -> system.getWhenTerminated()
                    .toCompletableFuture()
                    .get(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS));
            return;
        }
        AggregateRegistry registry = AggregateRegistry.get(system);
        registrations.forEach((name, registration) -> {
            await(() -> registration.host()
                    .stop()
                    .toCompletableFuture()
                    .get(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS));
            registry.remove(name);
        });
    }

    private interface Wait {
        void run() throws Exception;
    }

    private static void await(Wait wait) {
        try {
            wait.run();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException late) {
            throw new IllegalStateException("AllFrame did not stop within " + STOP_PATIENCE, late);
        } catch (Exception failed) {
            throw new IllegalStateException("AllFrame did not stop", failed);
        }
    }
}
