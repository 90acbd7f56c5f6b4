package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.ViewsOfTwoMembersTest.TOTALS;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.Wallets.WalletEvent;
import java.time.Duration;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** A member with storage of its own that would not notice another one. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Guarantee("G10")
final class UnseenMembersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void no_command_is_executed_when_the_actor_that_learns_of_other_members_has_ended_and_health_says_so() {
        try (ClusterMembers members = new ClusterMembers()) {
            ActorSystem<Void> system = members.joined("allframe.storage = memory");
            AllFrame alone = AllFrame.on(system).aggregate(WALLET).projection(TOTALS).start();
            CommandOptions patient = CommandOptions.none().within(PATIENCE);
            assertThat(alone.commands().dispatchAndWait(WALLET, "w", put(1), patient))
                    .isInstanceOf(CommandResult.Accepted.class);

            await().atMost(PATIENCE).until(() -> alone.health().isUp());

            end(system, "/system/allframe-versions-*");

            assertGuard(alone, Health.Status.DEGRADED, "the actor that learns what other members can read has ended");
            assertThat(alone.commands().dispatchAndWait(WALLET, "w", put(1), patient))
                    .isInstanceOf(CommandResult.Accepted.class);

            end(system, "/system/allframe-visibility-*");

            assertGuard(alone, Health.Status.DOWN, "whether this member is alone is not known");
            CommandResult<WalletEvent> result = alone.commands().dispatchAndWait(WALLET, "w", put(1), patient);
            assertThat(result).isInstanceOfSatisfying(CommandResult.Failed.class, failed -> {
                assertThat(failed.error()).isInstanceOf(CommandError.StorageUnavailable.class);
                assertThat(failed.error().message()).contains("whether this member is alone is not known");
            });
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(alone.health().troubles()).anySatisfy(part -> {
                assertThat(part.kind()).isEqualTo(Health.Kind.VIEW);
                assertThat(part.reason()).contains("PAUSED").contains("whether this member is alone is not known");
            }));
        }
    }

    private static void end(ActorSystem<?> system, String actor) {
        Adapter.toClassic(system).actorSelection(actor).tell(PoisonPill.getInstance(), ActorRef.noSender());
    }

    private static void assertGuard(AllFrame allFrame, Health.Status status, String reason) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(allFrame.health().troubles()).anySatisfy(part -> {
            assertThat(part.kind()).isEqualTo(Health.Kind.GUARD);
            assertThat(part.status()).isEqualTo(status);
            assertThat(part.reason()).contains(reason);
        }));
    }
}
