package dev.allframe.runtime.rolling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** A member whose replicator is gone hears nothing of the others. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Guarantee("G9")
final class LostReplicatorTest {

    @Test
    void a_replicator_that_has_ended_lets_nothing_new_be_stored() {
        ActorSystem<Void> member = ActorSystem.create(Behaviors.empty(), "deaf", ConfigFactory.parseString("""
                pekko.actor.provider = cluster
                pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
                pekko.cluster.jmx.multi-mbeans-in-same-jvm = on
                """).withFallback(ConfigFactory.load()));
        try {
            Cluster.get(member).manager().tell(Join.create(Cluster.get(member).selfMember().address()));
            VersionGuard guard = VersionGuard.of(member, false, Duration.ofMillis(1), Map.of());
            guard.guard("account", List.of(), Set.of(), null).toCompletableFuture().join();
            await().atMost(Duration.ofSeconds(60)).until(() -> guard.refusal("account", "account.opened", 1) == null);

            Adapter.toClassic(member)
                    .actorSelection("/system/ddataReplicator")
                    .tell(PoisonPill.getInstance(), ActorRef.noSender());

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(guard.refusal("account", "account.opened", 1))
                            .contains("the actor that learns what other members can read has failed"));
            assertThat(guard.health().isGood()).isFalse();
        } finally {
            member.terminate();
            member.getWhenTerminated().toCompletableFuture().join();
        }
    }
}
