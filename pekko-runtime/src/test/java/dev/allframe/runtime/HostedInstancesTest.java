package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.take;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.command.CommandResult.Accepted;
import dev.allframe.command.CommandResult.Failed;
import dev.allframe.command.CommandResult.Refused;
import dev.allframe.command.Dispatch;
import dev.allframe.runtime.Wallets.Wallet;
import dev.allframe.runtime.Wallets.WalletCommand;
import dev.allframe.runtime.Wallets.WalletCommand.Exchange;
import dev.allframe.runtime.Wallets.WalletCommand.Touch;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.runtime.aggregate.AggregateHost;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.runtime.aggregate.AggregateMessage.Reply;
import dev.allframe.runtime.aggregate.AggregateRegistry;
import dev.allframe.runtime.aggregate.Hosting;
import dev.allframe.runtime.aggregate.Hosts;
import dev.allframe.runtime.aggregate.RegisteredAggregate;
import dev.allframe.runtime.aggregate.StateListener;
import dev.allframe.runtime.command.ActorCommandBus;
import dev.allframe.runtime.evolution.StartCheck;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What AllFrame itself asks of the instances that it hosts, on either host: their states, and that they stop. */
final class HostedInstancesTest {

    private static final CommandOptions PATIENT = CommandOptions.none().within(Duration.ofMinutes(1));

    enum Where {
        LOCAL, CLUSTER;

        Config config() {
            return ConfigFactory.parseString(HeldJournal.CONFIG + """
                    allframe.pekko-journal-visible-to = process
                    allframe.restart-backoff { min = 10ms, max = 20ms }
                    """).withFallback(switch (this) {
                case LOCAL -> ConfigFactory.load();
                case CLUSTER -> ClusterHostTest.MEMBER;
            });
        }
    }

    /** A state that the listener was told. */
    private record Told(long sequenceNr, int changes) {}

    /** Wallets on one actor system, and what their listener was told. */
    private static final class Node {

        private final ActorSystem<Void> system;
        private final AggregateHost host;
        private final ActorCommandBus bus;
        private final AtomicInteger intercepted = new AtomicInteger();
        private final Map<String, List<Told>> told = new ConcurrentHashMap<>();
        private final Map<String, StateListener.Instance> instances = new ConcurrentHashMap<>();
        private volatile StateListener<Wallet> listener = (instance, state, sequenceNr, recovered) -> {};

        Node(Config config) {
            system = ActorSystem.create(Behaviors.empty(), "instances", config);
            Hosts hosts = Hosts.on(system, StoragePlugins.of(system), Hosting.Settings.of(config), Clock.systemUTC());
            if (hosts.clustered()) {
                Cluster.get(system).manager().tell(Join.create(Cluster.get(system).selfMember().address()));
            }
            RegisteredAggregate<WalletCommand, WalletEvent, Wallet> wallets = RegisteredAggregate.of(WALLET);
            AggregateRegistry.get(system).add(wallets, Clock.systemUTC());
            StartCheck.run(system, hosts.hosting(), List.of(wallets));
            host = hosts.start(wallets.tellingStatesTo(this::onState));
            bus = new ActorCommandBus(system, hosted(), hosts.hosting(), List.of(new CommandInterceptor() {
                @Override
                public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch,
                        Rest<E> rest) {
                    intercepted.incrementAndGet();
                    return rest.dispatch(dispatch);
                }
            }));
        }

        Map<String, ActorCommandBus.HostedAggregate> hosted() {
            return Map.of("wallet", new ActorCommandBus.HostedAggregate(WALLET, host));
        }

        private void onState(StateListener.Instance instance, Wallet wallet, long sequenceNr, boolean recovered) {
            told(instance.id()).add(new Told(sequenceNr, wallet.changes()));
            instances.put(instance.id(), instance);
            listener.onState(instance, wallet, sequenceNr, recovered);
        }

        List<Told> told(String id) {
            return told.computeIfAbsent(id, unknown -> new CopyOnWriteArrayList<>());
        }

        CompletableFuture<CommandResult<WalletEvent>> dispatch(String id, WalletCommand command) {
            return bus.dispatch(WALLET, id, command, PATIENT).toCompletableFuture();
        }

        CommandResult<WalletEvent> send(String id, WalletCommand command) {
            return dispatch(id, command).orTimeout(30, TimeUnit.SECONDS).join();
        }

        void awaitAccepted(String id) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(send(id, put(1))).isInstanceOf(Accepted.class));
        }
    }

    private static final Map<Where, Node> NODES = new EnumMap<>(Where.class);

    @BeforeAll
    static void start() {
        HeldJournal.reset();
        for (Where where : Where.values()) {
            NODES.put(where, new Node(where.config()));
        }
        NODES.values().forEach(node -> node.awaitAccepted("ready"));
    }

    @AfterAll
    static void end() {
        NODES.values().forEach(node -> node.system.terminate());
        NODES.values().forEach(node -> node.system.getWhenTerminated().toCompletableFuture().join());
        NODES.clear();
    }

    @BeforeEach
    void reset() {
        HeldJournal.reset();
        NODES.values().forEach(node -> {
            node.listener = (instance, state, sequenceNr, recovered) -> {};
        });
    }

    private static Node node(Where where) {
        return Objects.requireNonNull(NODES.get(where));
    }

    private static CommandError errorOf(CommandResult<?> result) {
        assertThat(result).isInstanceOf(Failed.class);
        return ((Failed<?>) result).error();
    }

    @ParameterizedTest
    @EnumSource
    void a_listener_is_told_the_state_after_recovery_and_after_each_append_and_nothing_else(Where where) {
        Node node = node(where);
        String id = "told-" + where;

        assertThat(node.send(id, put(5))).isInstanceOf(Accepted.class);
        assertThat(node.send(id, take(6))).isInstanceOf(Refused.class);
        assertThat(node.send(id, new Exchange(BigDecimal.TWO, BigDecimal.ONE))).isInstanceOf(Accepted.class);
        assertThat(node.send(id, new Touch())).isInstanceOf(Accepted.class);
        HeldJournal.reject(true);
        assertThat(node.send(id, put(1))).isInstanceOf(Failed.class);
        HeldJournal.reject(false);
        node.awaitAccepted(id);

        assertThat(node.told(id)).containsExactly(new Told(0, 0), new Told(1, 1), new Told(3, 3),
                new Told(3, 3), new Told(4, 4));
    }

    @ParameterizedTest
    @EnumSource
    void an_incarnation_that_has_lost_a_write_tells_what_is_stored_when_it_has_recovered(Where where) {
        Node node = node(where);
        String id = "lost-" + where;
        node.send(id, put(5));
        HeldJournal.storeAgain("wallet|" + id);

        assertThat(errorOf(node.send(id, take(1)))).isInstanceOf(CommandError.AnotherWriter.class);

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(node.told(id)).containsExactly(new Told(0, 0), new Told(1, 1),
                        new Told(2, 2)));
    }

    @ParameterizedTest
    @EnumSource
    void a_listener_is_not_told_a_state_that_cannot_be_read(Where where) {
        Node node = node(where);
        String id = "unread-" + where;
        HeldJournal.store("wallet|" + id,
                Envelope.of("wallet.put", 1, Payload.json("{}".getBytes(StandardCharsets.UTF_8)), Set.of(),
                        new EventMetadata(Instant.EPOCH, null, null, null, Map.of()), null));

        assertThat(errorOf(node.send(id, put(1)))).isInstanceOf(CommandError.Unreadable.class);

        assertThat(node.told(id)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void what_a_listener_throws_harms_nothing(Where where) {
        Node node = node(where);
        String id = "throws-" + where;
        node.listener = (instance, state, sequenceNr, recovered) -> {
            if (sequenceNr % 2 == 0) {
                throw new IllegalStateException("thrown by a listener");
            }
            throw new AssertionError("thrown by a listener");
        };

        for (int i = 1; i <= 4; i++) {
            assertThat(node.send(id, put(1)).orThrow().sequenceNr()).isEqualTo(i);
        }

        assertThat(node.told(id)).hasSize(5);
    }

    @ParameterizedTest
    @EnumSource
    void an_instance_sends_itself_commands_and_asks_to_be_stopped(Where where) {
        Node node = node(where);
        String id = "self-" + where;
        node.send(id, put(5));
        StateListener.Instance instance = Objects.requireNonNull(node.instances.get(id));

        CompletableFuture<Reply> reply = new CompletableFuture<>();
        ActorRef<Reply> asking = node.system.systemActorOf(Behaviors.receiveMessage(received -> {
            reply.complete(received);
            return Behaviors.stopped();
        }), "asking-" + where, Props.empty());
        instance.send(new Execute("wallet", id, put(2), null, null, ExpectedVersion.any(), null, null, Map.of(), null,
                Long.MAX_VALUE, asking));
        CommandResult<?> result = reply.orTimeout(30, TimeUnit.SECONDS).join().result();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            instance.release(); // as a message of its own, which may be behind the command
            return node.send(id, new Touch()) instanceof Accepted && node.told(id).size() > 3;
        });

        assertThat(result.orThrow().sequenceNr()).isEqualTo(2);
        assertThat(node.told(id)).startsWith(new Told(0, 0), new Told(1, 1), new Told(2, 2), new Told(2, 2))
                .endsWith(new Told(2, 2));
    }

    @ParameterizedTest
    @EnumSource
    void an_instance_that_is_not_there_is_not_started_by_being_released(Where where) {
        Node node = node(where);

        node.host.release("nobody-" + where);
        node.send("somebody-" + where, put(1));

        assertThat(node.told("nobody-" + where)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void commands_beside_releases_are_all_executed_and_answered(Where where) {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("test.seed=" + seed);
        Random random = new Random(seed);
        Node node = node(where);
        List<String> ids = List.of("r-0", "r-1", "r-2", "r-3");
        // what an instance does of itself is as random, and on its own thread
        node.listener = (instance, state, sequenceNr, recovered) -> {
            if (sequenceNr % 17 == Math.floorMod(seed, 17)) {
                instance.release();
            }
        };
        Map<String, Integer> sent = new HashMap<>();
        List<CompletableFuture<CommandResult<WalletEvent>>> results = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            String id = ids.get(random.nextInt(ids.size()));
            switch (random.nextInt(10)) {
                case 0 -> node.host.release(id);
                case 1 -> {
                    StateListener.Instance known = node.instances.get(id);
                    if (known != null) {
                        known.release();
                    }
                }
                case 2 -> {
                    if (random.nextInt(20) == 0 && !results.isEmpty()) {
                        results.getLast().join();
                    }
                }
                default -> {
                    sent.merge(id, 1, Integer::sum);
                    results.add(node.dispatch(id, put(1)));
                }
            }
        }
        CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new)).orTimeout(60, TimeUnit.SECONDS).join();

        assertThat(results).as("seed %d", seed)
                .allSatisfy(result -> assertThat(result.join()).isInstanceOf(Accepted.class));
        for (String id : ids) {
            int executed = HeldJournal.stored("wallet|" + id);
            assertThat(executed).as("seed %d, %s", seed, id)
                    .isEqualTo(sent.getOrDefault(id, 0));
            List<Told> told = node.told(id);
            assertThat(told.stream().distinct().toList()).as("seed %d, %s", seed, id).hasSize(executed + 1);
            assertThat(told).as("seed %d, %s", seed, id)
                    .isSortedAccordingTo((one, other) -> Long.compare(one.sequenceNr(), other.sequenceNr()));
            assertThat(told.size() - executed).as("incarnations, seed %d, %s", seed, id).isGreaterThan(5);
        }
        node.told.clear();
    }

    @ParameterizedTest
    @EnumSource
    void two_buses_do_not_take_each_other_s_room(Where where) {
        Node node = node(where);
        int intercepted = node.intercepted.get();
        ActorCommandBus narrow = node.bus.beside(node.hosted(), 2);
        ActorCommandBus other = narrow.beside(node.hosted(), 1);
        var open = HeldJournal.hold();
        List<CompletableFuture<CommandResult<WalletEvent>>> waiting = new ArrayList<>();
        for (ActorCommandBus bus : List.of(narrow, narrow, other, node.bus)) {
            waiting.add(bus.dispatch(WALLET, "bus-" + where, put(1), PATIENT).toCompletableFuture());
        }

        assertThat(errorOf(narrow.dispatch(WALLET, "bus-" + where, put(1), PATIENT).toCompletableFuture().join()))
                .isEqualTo(new CommandError.Overloaded(2));
        assertThat(errorOf(other.dispatch(WALLET, "bus-" + where, put(1), PATIENT).toCompletableFuture().join()))
                .isEqualTo(new CommandError.Overloaded(1));
        HeldJournal.letPass();
        open.complete(null);

        assertThat(waiting).allSatisfy(
                result -> assertThat(result.orTimeout(30, TimeUnit.SECONDS).join()).isInstanceOf(Accepted.class));
        assertThat(node.intercepted.get() - intercepted).isEqualTo(1);
        other.close();
        assertThat(errorOf(other.dispatch(WALLET, "w", put(1), PATIENT).toCompletableFuture().join()))
                .isInstanceOf(CommandError.ShuttingDown.class);
        assertThat(narrow.dispatch(WALLET, "w", put(1), PATIENT).toCompletableFuture().join())
                .isInstanceOf(Accepted.class);
    }
}
