package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.take;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.Wallets.Wallet;
import dev.allframe.runtime.Wallets.WalletCommand;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.runtime.aggregate.AggregateRegistry;
import dev.allframe.runtime.aggregate.RegisteredAggregate;
import dev.allframe.runtime.storage.ConfigurationException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class StartUpTest {

    private static AllFrame.Builder standalone(String hocon) {
        return AllFrame.standalone("start-up", ConfigFactory.parseString(hocon).withFallback(ConfigFactory.load()));
    }

    private static ActorSystem<Void> system(String hocon) {
        return ActorSystem.create(Behaviors.empty(), "host",
                ConfigFactory.parseString(hocon).withFallback(ConfigFactory.load()));
    }

    private static void end(ActorSystem<?> system) {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    @Guarantee("G10")
    @Test
    void a_wrong_configuration_says_in_one_sentence_what_to_change() {
        Map.of("allframe.storage = disk",
                "allframe.storage = disk must be a storage of the class path, which has [memory]; add the module that brings it, such as allframe-journal-memory for \"memory\", or name another",
                "pekko.persistence.journal.plugin = nowhere",
                "pekko.persistence.journal.plugin = nowhere must be the id of a persistence plugin that has a section in the configuration; correct the name, or add the module that brings it to the class path",
                "allframe.sharding.shards = 100", "allframe.sharding.shards = 100 must be a power of two up to 1024",
                "allframe.command-timeout = 0s",
                "allframe.command-timeout = 0s must be at least 1ms and at most 1d", "allframe.max-in-flight = 0",
                "allframe.max-in-flight = 0 must be 1 or more, at most 2147483647",
                "allframe.storages.memory.visible-to = all",
                "allframe.storages.memory.visible-to = all must be process or cluster")
                .forEach((hocon, message) -> assertThatThrownBy(() -> standalone(hocon).aggregate(WALLET).start())
                        .as(hocon)
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessage(message));
    }

    @Guarantee("G10")
    @Test
    void a_number_out_of_range_is_refused() {
        Map.of("allframe.command-timeout = 300d",
                "allframe.command-timeout = 300d must be at least 1ms and at most 1d",
                "allframe.passivate-after = 300d",
                "allframe.passivate-after = 300d must be at least 1ms and at most 20d",
                "allframe.passivate-after = 1ns",
                "allframe.passivate-after = 1ns must be at least 1ms and at most 20d",
                "allframe.restart-backoff.min = 20s",
                "allframe.restart-backoff.min = 20s must be at most allframe.restart-backoff.max = 10s",
                "allframe.restart-backoff.random-factor = 2",
                "allframe.restart-backoff.random-factor = 2 must be from 0 to 1",
                "allframe.restart-backoff.random-factor = -0.5",
                "allframe.restart-backoff.random-factor = -0.5 must be from 0 to 1")
                .forEach((hocon, message) -> assertThatThrownBy(() -> standalone(hocon).aggregate(WALLET).start())
                        .as(hocon)
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessage(message));
    }

    @Guarantee("G10")
    @Test
    void a_member_refuses_a_journal_of_which_it_does_not_know_who_sees_it() {
        ActorSystem<Void> member = ActorSystem.create(Behaviors.empty(), "member",
                ConfigFactory.parseString(HeldJournal.CONFIG).withFallback(ClusterHostTest.MEMBER));

        assertThatThrownBy(() -> AllFrame.on(member).aggregate(WALLET).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("whether every member of the cluster sees journal \"held-journal\" is not known: set"
                        + " allframe.pekko-journal-visible-to to cluster or process");
        end(member);
    }

    @Test
    void a_start_that_fails_leaves_nothing_registered() {
        ActorSystem<Void> system = system("allframe.storage = memory");

        AggregateType<WalletCommand, WalletEvent, Wallet> purse = AggregateType.named("purse", WalletCommand.class,
                WalletEvent.class, Wallet.class, new Wallets());
        AllFrame first = AllFrame.on(system).aggregate(purse).start();
        assertThatThrownBy(() -> AllFrame.on(system).aggregate(WALLET).aggregate(purse).start())
                .isInstanceOf(ConfigurationException.class);
        first.close();

        try (AllFrame second = AllFrame.on(system).aggregate(WALLET).start()) {
            assertThat(second.commands().dispatchAndWait(WALLET, "w", put(1)))
                    .isInstanceOf(CommandResult.Accepted.class);
        }
        end(system);
    }

    @Test
    void a_host_that_does_not_start_leaves_nothing_registered() {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "member",
                ConfigFactory.parseString("""
                        allframe.storage = memory
                        pekko.cluster.sharding.remember-entities-store = nowhere
                        pekko.cluster.sharding.state-store-mode = nowhere
                        """).withFallback(ClusterHostTest.MEMBER));

        assertThatThrownBy(() -> AllFrame.on(system).aggregate(WALLET).start())
                .hasMessageContaining("nowhere");

        assertThat(AggregateRegistry.get(system).add(RegisteredAggregate.of(WALLET), Clock.systemUTC()))
                .as("the name is free again")
                .isNotNull();
        end(system);
    }

    @Test
    void runtimes_follow_each_other_on_one_actor_system() {
        ActorSystem<Void> system = system("allframe.storage = memory");

        for (int i = 1; i <= 200; i++) {
            try (AllFrame next = AllFrame.on(system).aggregate(WALLET).start()) {
                assertThat(next.commands().dispatchAndWait(WALLET, "w", put(1)).orThrow().sequenceNr()).isEqualTo(i);
            }
        }
        end(system);
    }

    @Test
    void closing_twice_leaves_the_next_runtime_alone() {
        ActorSystem<Void> system = system("allframe.storage = memory");
        AllFrame first = AllFrame.on(system).aggregate(WALLET).start();
        first.close();
        AllFrame second = AllFrame.on(system).aggregate(WALLET).start();

        first.close();

        assertThatThrownBy(() -> AllFrame.on(system).aggregate(WALLET).start())
                .as("the second is still registered")
                .isInstanceOf(ConfigurationException.class);
        assertThat(second.commands().dispatchAndWait(WALLET, "w", put(1))).isInstanceOf(CommandResult.Accepted.class);
        end(system);
    }

    @Test
    void a_standalone_runtime_keeps_threads_ready_unless_told_otherwise() {
        String key = "pekko.actor.default-dispatcher.fork-join-executor.minimum-runnable";
        try (AllFrame plain = standalone("").aggregate(WALLET).start();
                AllFrame chosen = standalone(key + " = 2").aggregate(WALLET).start()) {
            assertThat(plain.system().settings().config().getInt(key)).isEqualTo(4);
            assertThat(chosen.system().settings().config().getInt(key)).isEqualTo(2);
        }
    }

    @Test
    void nothing_of_a_dispatch_may_be_null() {
        try (AllFrame allFrame = standalone("").aggregate(WALLET).start()) {
            assertThatThrownBy(() -> allFrame.commands()
                    .dispatch(StartUpTest.<AggregateType<WalletCommand, WalletEvent, Wallet>>nothing(), "w", put(1)))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("type");
            assertThatThrownBy(() -> allFrame.commands().dispatch(WALLET, nothing(), put(1)))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("id");
            assertThatThrownBy(() -> allFrame.commands().dispatch(WALLET, "w", nothing()))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("command");
            assertThatThrownBy(() -> allFrame.commands().dispatch(WALLET, "w", put(1), nothing()))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("options");
        }
    }

    /** What a caller without a null checker may pass. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    @Test
    void a_value_that_cannot_be_read_is_named() {
        assertThatThrownBy(() -> standalone("allframe.command-timeout = soon").aggregate(WALLET).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("command-timeout")
                .hasMessageContaining("soon");
    }

    @Guarantee("G10")
    @Test
    void an_embedded_runtime_without_storage_is_refused() {
        ActorSystem<Void> system = system("");

        assertThatThrownBy(() -> AllFrame.on(system).aggregate(WALLET).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(
                        "no storage is configured: set allframe.storage to one of [memory], or pekko.persistence.journal.plugin");
        end(system);
    }

    @Test
    void one_aggregate_is_hosted_once_in_an_actor_system() {
        ActorSystem<Void> system = system("allframe.storage = memory");
        AllFrame first = AllFrame.on(system).aggregate(WALLET).start();

        assertThatThrownBy(() -> AllFrame.on(system).aggregate(WALLET).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("aggregate 'wallet' is registered twice");
        assertThat(first.commands().dispatchAndWait(WALLET, "w", put(1))).isInstanceOf(CommandResult.Accepted.class);
        end(system);
    }

    @Test
    void a_classic_actor_system_is_not_taken_over() {
        org.apache.pekko.actor.ActorSystem classic = org.apache.pekko.actor.ActorSystem.create("classic",
                ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load()));
        AggregateType<WalletCommand, WalletEvent, Wallet> purse = AggregateType
                .named("purse", WalletCommand.class, WalletEvent.class, Wallet.class, new Wallets())
                .snapshotEvery(3);
        AllFrame wallets = AllFrame.on(classic).aggregate(WALLET).start();
        try (AllFrame purses = AllFrame.on(Adapter.toTyped(classic)).aggregate(purse).start()) {
            assertThat(purses.commands().dispatchAndWait(purse, "p", put(1)))
                    .isInstanceOf(CommandResult.Accepted.class);
        }

        assertThat(wallets.commands().dispatchAndWait(WALLET, "w", put(1))).as("its neighbour was closed")
                .isInstanceOf(CommandResult.Accepted.class);
        wallets.close();
        assertThat(classic.whenTerminated().isCompleted()).isFalse();
        end(Adapter.toTyped(classic));
    }

    @Guarantee("G5")
    @Test
    void closing_finishes_what_is_under_way_and_a_new_runtime_recovers_it() {
        ActorSystem<Void> system = system("allframe.storage = memory");
        List<CompletionStage<CommandResult<WalletEvent>>> results = new ArrayList<>();
        try (AllFrame first = AllFrame.on(system).aggregate(WALLET).start()) {
            for (int i = 0; i < 12; i++) {
                results.add(first.commands().dispatch(WALLET, "w", put(1), CommandOptions.withCommandId("c-" + i)));
            }
        }

        try (AllFrame second = AllFrame.on(system).aggregate(WALLET).start()) {
            assertThat(results).allSatisfy(result -> assertThat(result.toCompletableFuture().join())
                    .isInstanceOf(CommandResult.Accepted.class));
            assertThat(second.commands()
                    .dispatchAndWait(WALLET, "w", put(1), CommandOptions.withCommandId("c-11"))
                    .orThrow()
                    .sequenceNr())
                    .as("remembered through a snapshot and the events behind it")
                    .isEqualTo(12);
            assertThat(second.commands().dispatchAndWait(WALLET, "w", take(12)).orThrow().sequenceNr()).isEqualTo(13);
        }
        end(system);
    }

    @Test
    void a_closed_runtime_answers_at_once() {
        AllFrame closed = standalone("").aggregate(WALLET).start();
        closed.close();

        CommandResult<WalletEvent> result = closed.commands().dispatchAndWait(WALLET, "w", put(1));

        assertThat(result)
                .isEqualTo(new CommandResult.Failed<WalletEvent>(new CommandError.ShuttingDown()));
    }

    @Test
    void too_many_commands_at_once_are_refused_as_overloaded() {
        try (AllFrame bounded = standalone("allframe.max-in-flight = 10").aggregate(WALLET).start()) {
            List<CompletionStage<CommandResult<WalletEvent>>> results = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                results.add(bounded.commands().dispatch(WALLET, "w", put(1)));
            }

            List<CommandResult<WalletEvent>> ended = results.stream()
                    .map(result -> result.toCompletableFuture().join())
                    .toList();

            assertThat(ended).contains(new CommandResult.Failed<>(new CommandError.Overloaded(10)));
            assertThat(ended.stream().filter(CommandResult.Accepted.class::isInstance).count())
                    .isGreaterThanOrEqualTo(10);
            assertThat(bounded.commands().dispatchAndWait(WALLET, "w", put(1))).as("room again")
                    .isInstanceOf(CommandResult.Accepted.class);
        }
    }

    @Test
    void a_member_without_a_downing_provider_is_warned_of() {
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level level = root.getLevel();
        ListAppender<ILoggingEvent> warnings = new ListAppender<>();
        warnings.start();
        root.addAppender(warnings);
        root.setLevel(Level.WARN);
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "lost",
                ConfigFactory
                        .parseString("allframe.storage = memory\npekko.cluster.downing-provider-class = \"\"")
                        .withFallback(ClusterHostTest.MEMBER));
        try {
            AllFrame.on(system).aggregate(WALLET).start();

            assertThat(warnings.list).extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(message -> message.startsWith("no pekko.cluster.downing-provider-class is set"));
        } finally {
            root.setLevel(level);
            root.detachAppender(warnings);
            end(system);
        }
    }

    @Test
    void a_member_that_joined_no_cluster_says_so() {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "lonely",
                ConfigFactory.parseString("allframe.storage = memory\nallframe.command-timeout = 500ms")
                        .withFallback(ClusterHostTest.MEMBER));
        AllFrame lonely = AllFrame.on(system).aggregate(WALLET).start();

        CommandResult<WalletEvent> result = lonely.commands().dispatchAndWait(WALLET, "w", put(1));

        assertThat(result).isInstanceOf(CommandResult.Failed.class);
        assertThat(((CommandResult.Failed<WalletEvent>) result).error().message())
                .isEqualTo(
                        "no answer within PT0.5S, the outcome is unknown; this node is not up in its cluster, it is Removed");
        end(system);
    }
}
