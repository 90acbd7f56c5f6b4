package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.storage.ConfigurationException;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** A second node whose settings differ where they must not does not come to host beside the first. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Guarantee("G10")
final class MembersAgreeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ClusterMembers members = new ClusterMembers();
    private final ActorSystem<Void> first = members.joined(members.shared());
    private final AllFrame hosting = AllFrame.on(first).aggregate(WALLET).start();

    @AfterEach
    void stop() {
        members.close();
    }

    /** As soon as it knows what a member that has joined can read. */
    private void assertTheFirstGoesOn() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            CommandResult<Wallets.WalletEvent> result = hosting.commands()
                    .dispatchAndWait(WALLET, "w", put(1), CommandOptions.none().within(PATIENCE));
            assertThat(result).isInstanceOf(CommandResult.Accepted.class);
        });
    }

    @Test
    void a_node_that_joins_by_a_seed_node_is_refused_with_both_values() {
        ActorSystem<Void> second = members.joining(members.shared() + "\nallframe.sharding.shards = 64");

        ConfigurationException refused = catchThrowableOfType(ConfigurationException.class,
                () -> AllFrame.on(second).aggregate(WALLET).start());

        assertThat(refused).hasMessage("allframe.sharding.shards must be the same on all members of a cluster: it is"
                + " \"64\" here and \"128\" in the cluster");
        assertThat(second.getWhenTerminated()).as("Pekko ends a node that was refused").succeedsWithin(PATIENCE);
        assertThat(Cluster.get(first).state().getMembers()).hasSize(1);
        assertTheFirstGoesOn();
    }

    @Test
    void a_node_that_joins_without_a_check_is_refused_at_start_and_leaves_where_its_actor_system_is_ours() {
        AllFrame.Builder second = AllFrame.standalone("two",
                ClusterMembers.config(members.shared() + members.seed() + """

                        allframe.schema-compatibility = full
                        pekko.cluster.configuration-compatibility-check.enforce-on-join = off
                        """));

        assertThatThrownBy(() -> second.aggregate(WALLET).start()).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        "allframe.schema-compatibility must be the same on all members of a cluster: it is"
                                + " \"full\" here and \"backward-transitive\" on member "
                                + Cluster.get(first).selfMember().address());
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Cluster.get(first).state().getMembers()).hasSize(1));
        assertTheFirstGoesOn();
    }

    @Test
    void members_that_have_the_same_storage_by_name_and_not_in_fact_do_not_host_together() {
        ActorSystem<Void> second = members.joined(new ClusterMembers().shared());

        assertThatThrownBy(() -> AllFrame.on(second).aggregate(WALLET).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("the id of the store must be the same on all members of a cluster");
        members.stop(second); // as a main does: sharding waits for all members that could host
        assertTheFirstGoesOn();
    }

    @Test
    void a_node_that_agrees_joins_by_a_seed_node_and_is_up_when_it_has_started() {
        ActorSystem<Void> second = members.joining(members.shared());

        AllFrame.on(second).aggregate(WALLET).start();

        assertThat(Cluster.get(second).selfMember().status()).hasToString("Up");
        assertTheFirstGoesOn();
    }
}
