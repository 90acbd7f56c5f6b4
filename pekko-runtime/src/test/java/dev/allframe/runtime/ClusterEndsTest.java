package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.runtime.storage.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorNotFound;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.Test;

/** How a member of a cluster ends: every command gets its result, and nothing is left behind. */
final class ClusterEndsTest {

    private static final CommandOptions PATIENT = CommandOptions.none().within(Duration.ofHours(1));
    private static final Config MEMBER = ConfigFactory.parseString("allframe.storage = memory")
            .withFallback(ClusterHostTest.MEMBER);

    private static List<CompletableFuture<CommandResult<WalletEvent>>> flood(AllFrame allFrame) {
        allFrame.commands().dispatchAndWait(WALLET, "ready", put(1), PATIENT).orThrow();
        List<CompletableFuture<CommandResult<WalletEvent>>> results = new ArrayList<>();
        for (int i = 0; i < 8_000; i++) {
            results.add(allFrame.commands().dispatch(WALLET, "w" + i % 100, put(1), PATIENT).toCompletableFuture());
        }
        return results;
    }

    private static void assertAnswered(List<CompletableFuture<CommandResult<WalletEvent>>> results) throws Exception {
        CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new)).get(60, TimeUnit.SECONDS);
        assertThat(results).extracting(CompletableFuture::join)
                .allSatisfy(result -> assertThat(result instanceof CommandResult.Accepted
                        || (result instanceof CommandResult.Failed<?> failed
                                && (failed.error() instanceof CommandError.NoAnswer
                                        || failed.error() instanceof CommandError.StorageUnavailable)))
                        .as(result.toString())
                        .isTrue())
                .hasAtLeastOneElementOfType(CommandResult.Accepted.class);
    }

    @Guarantee("G10")
    @Test
    void closing_answers_everything_that_is_under_way() throws Exception {
        AllFrame closing = AllFrame.standalone("ends", MEMBER).aggregate(WALLET).start();
        List<CompletableFuture<CommandResult<WalletEvent>>> results = flood(closing);

        closing.close();

        assertAnswered(results);
        assertThat(closing.system().getWhenTerminated().toCompletableFuture()).isCompleted();
    }

    @Guarantee("G10")
    @Test
    void a_coordinated_shutdown_takes_no_answer_with_it() throws Exception {
        AllFrame ending = AllFrame.standalone("ends", MEMBER).aggregate(WALLET).start();
        List<CompletableFuture<CommandResult<WalletEvent>>> results = flood(ending);

        CoordinatedShutdown.get(ending.system()).run(CoordinatedShutdown.unknownReason());

        assertAnswered(results);
        ending.close();
    }

    /** Its region keeps the command until the cluster takes this member in, which does not happen here. */
    @Guarantee("G10")
    @Test
    void a_member_that_never_came_up_closes_and_answers() throws Exception {
        AllFrame alone = AllFrame.standalone("ends", ConfigFactory.parseString("""
                pekko.cluster.seed-nodes = ["pekko://ends@127.0.0.1:1"]
                """).withFallback(MEMBER)).aggregate(WALLET).start();
        CompletableFuture<CommandResult<WalletEvent>> kept = alone.commands()
                .dispatch(WALLET, "w", put(1), PATIENT)
                .toCompletableFuture();

        CompletableFuture.runAsync(alone::close).get(25, TimeUnit.SECONDS);

        assertThat(kept.join()).isInstanceOfSatisfying(CommandResult.Failed.class,
                failed -> assertThat(failed.error()).isInstanceOf(CommandError.NoAnswer.class));
    }

    @Test
    void closing_leaves_no_listener_behind_and_no_dead_host_is_started_again() {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "ends", MEMBER);
        Cluster.get(system).manager().tell(Join.create(Cluster.get(system).selfMember().address()));
        AllFrame first = AllFrame.on(system).aggregate(WALLET).start();
        first.commands().dispatchAndWait(WALLET, "w", put(1), PATIENT).orThrow();
        assertThat(isThere(system, "/system/allframe-visibility-*")).isTrue();

        first.close();

        await().until(() -> !isThere(system, "/system/allframe-visibility-*"));
        assertThatThrownBy(() -> AllFrame.on(system).aggregate(WALLET).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "aggregate 'wallet' was hosted on this member of a cluster before, and its host was stopped:"
                                + " host it again on a new actor system");
        await().until(() -> !isThere(system, "/system/allframe-visibility-*"));
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    private static boolean isThere(ActorSystem<?> system, String path) {
        return Adapter.toClassic(system)
                .actorSelection(path)
                .resolveOne(Duration.ofSeconds(1))
                .handle((found, missing) -> {
                    assertThat(missing == null || missing instanceof ActorNotFound
                            || missing.getCause() instanceof ActorNotFound).isTrue();
                    return missing == null;
                })
                .toCompletableFuture()
                .join();
    }
}
