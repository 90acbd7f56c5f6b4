package dev.allframe.runtime;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.take;
import static dev.allframe.runtime.CommandBusConformance.wasPut;
import static dev.allframe.runtime.ViewsOfTwoMembersTest.TOTALS;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.runtime.Health.Kind;
import dev.allframe.runtime.Wallets.WalletCommand.Put;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.runtime.aggregate.AggregateMessage;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StreamId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.ShardRegion;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingQuery;
import org.apache.pekko.cluster.sharding.typed.GetShardRegionState;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two members of a cluster in one JVM. */
final class TwoMembersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final CommandOptions PATIENT = CommandOptions.none().within(PATIENCE);

    private final ClusterMembers members = new ClusterMembers();

    @AfterEach
    void stop() {
        members.close();
    }

    @Test
    void both_members_host_instances_and_dispatch_to_all_of_them() {
        ActorSystem<Void> first = members.joined(members.shared());
        ActorSystem<Void> second = members.joined(members.shared());
        AllFrame one = AllFrame.on(first).aggregate(WALLET).start();
        AllFrame two = AllFrame.on(second).aggregate(WALLET).start();

        for (int i = 0; i < 100; i++) {
            assertThat(one.commands().dispatchAndWait(WALLET, "w" + i, put(1), PATIENT).orThrow().events())
                    .containsExactly(wasPut(1));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(two.commands().dispatchAndWait(WALLET, "w" + i, put(2), PATIENT).orThrow().sequenceNr())
                    .isEqualTo(2);
        }

        await().atMost(PATIENCE).untilAsserted(() -> {
            Set<String> here = hostedBy(first);
            Set<String> there = hostedBy(second);
            assertThat(here).isNotEmpty();
            assertThat(there).isNotEmpty();
            assertThat(here).doesNotContainAnyElementsOf(there);
            assertThat(here.size() + there.size()).isEqualTo(100);
        });
    }

    @Test
    void every_kind_of_result_crosses_the_wire() {
        ActorSystem<Void> first = members
                .joined(members.shared() + "\npekko.cluster.roles = [host]\nallframe.sharding.role = host");
        ActorSystem<Void> second = members.joined(members.shared() + "\nallframe.sharding.role = host");
        AllFrame.on(first).aggregate(WALLET).start();
        AllFrame outside = AllFrame.on(second).aggregate(WALLET).start();
        String id = "remote-" + UUID.randomUUID();
        CommandOptions identified = withCommandId("c-1").within(PATIENCE).withHeader("user", "ann");

        CommandResult<WalletEvent> accepted = outside.commands().dispatchAndWait(WALLET, id, put(5), identified);
        CommandResult<WalletEvent> repeated = outside.commands().dispatchAndWait(WALLET, id, put(5), identified);
        CommandResult<WalletEvent> conflict = outside.commands().dispatchAndWait(WALLET, id, put(6), identified);
        CommandResult<WalletEvent> refused = outside.commands().dispatchAndWait(WALLET, id, take(6), PATIENT);
        CommandResult<WalletEvent> tooLarge = outside.commands()
                .dispatchAndWait(WALLET, id, new Put(BigDecimal.ONE, "x".repeat(300_000)), PATIENT);
        CommandResult<WalletEvent> unwritable = outside.commands()
                .dispatchAndWait(WALLET, id, new Put(BigDecimal.ONE, "half of a pair: \uD83D"), PATIENT);

        assertThat(hostedBy(second)).isEmpty();
        assertThat(accepted.orThrow().events()).containsExactly(wasPut(5));
        assertThat(repeated).isEqualTo(accepted);
        assertThat(conflict)
                .isEqualTo(new CommandResult.Failed<WalletEvent>(new CommandError.IdempotencyConflict("c-1")));
        assertThat(refused).isInstanceOf(CommandResult.Refused.class);
        assertThat(unwritable).isInstanceOfSatisfying(CommandResult.Failed.class,
                failed -> assertThat(failed.error().message()).contains("cannot be sent"));
        assertThat(tooLarge).isInstanceOfSatisfying(CommandResult.Failed.class,
                failed -> assertThat(failed.error().message()).contains("maximum-frame-size"));
    }

    @Guarantee("G10")
    @Test
    void a_member_that_hosts_nothing_finishes_what_it_has_sent_before_it_closes() throws Exception {
        ActorSystem<Void> first = members
                .joined(members.shared() + "\npekko.cluster.roles = [host]\nallframe.sharding.role = host");
        ActorSystem<Void> second = members.joined(members.shared() + "\nallframe.sharding.role = host");
        AllFrame host = AllFrame.on(first).aggregate(WALLET).start();
        AllFrame outside = AllFrame.on(second).aggregate(WALLET).start();
        // Events of a new version are stored when every member is known to read them.
        await().atMost(PATIENCE)
                .until(() -> outside.commands()
                        .dispatchAndWait(WALLET, "first", put(1)) instanceof CommandResult.Accepted);
        List<CompletableFuture<CommandResult<WalletEvent>>> results = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            results.add(outside.commands()
                    .dispatch(WALLET, "closing-" + UUID.randomUUID(), put(1), PATIENT)
                    .toCompletableFuture());
        }

        outside.close();

        assertThat(results).extracting(CompletableFuture::join)
                .allSatisfy(result -> assertThat(result).isInstanceOf(CommandResult.Accepted.class));
        host.close();
    }

    @Guarantee("G10")
    @Test
    void a_second_member_is_refused_where_storage_is_visible_to_one_process() {
        ActorSystem<Void> first = members.joined("allframe.storage = memory");
        AllFrame alone = AllFrame.on(first).aggregate(WALLET).projection(TOTALS).start();
        assertThat(alone.commands().dispatchAndWait(WALLET, "w", put(1), PATIENT))
                .isInstanceOf(CommandResult.Accepted.class);

        ActorSystem<Void> second = members.joined("allframe.storage = memory");

        assertThatThrownBy(() -> AllFrame.on(second).aggregate(WALLET).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("storage \"memory\" is visible to this process alone")
                .hasMessageContaining("configure storage that every member sees");
        await().atMost(PATIENCE).untilAsserted(() -> {
            CommandResult<WalletEvent> result = alone.commands().dispatchAndWait(WALLET, "w", put(1));
            assertThat(result).isInstanceOf(CommandResult.Failed.class);
            CommandError error = ((CommandResult.Failed<WalletEvent>) result).error();
            assertThat(error).isInstanceOf(CommandError.StorageUnavailable.class);
            assertThat(error.message()).contains("is visible to this process alone");
        });
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(alone.health().troubles()).anySatisfy(part -> {
                    assertThat(part.kind()).isEqualTo(Kind.VIEW);
                    assertThat(part.reason()).contains("PAUSED").contains("is visible to this process alone");
                }));
        ConsistencyToken unseen = stored(alone);
        assertThat(alone.view(TOTALS).get("w", unseen, PATIENCE).toCompletableFuture().join())
                .as("no event is applied")
                .isInstanceOfSatisfying(ViewAnswer.NotYet.class,
                        answer -> assertThat(answer.state()).isEqualTo(ProjectionState.PAUSED));

        members.stop(second);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(alone.commands().dispatchAndWait(WALLET, "w", put(1))).as("alone again")
                                .isInstanceOf(CommandResult.Accepted.class));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(alone.view(TOTALS).await(unseen, PATIENCE).toCompletableFuture().join())
                        .as("goes on by itself")
                        .isInstanceOf(ViewAnswer.Seen.class));
        await().atMost(PATIENCE).until(() -> alone.health().isUp());
    }

    /** The token of an event that no command has made. */
    private static ConsistencyToken stored(AllFrame alone) {
        EventStore.of(alone.backend(), WALLET, JacksonEventCodec.of(WALLET))
                .append("other", ExpectedVersion.any(), List.of(wasPut(1)))
                .toCompletableFuture()
                .join();
        return new ConsistencyToken(alone.backend().storeId(), StreamId.of("wallet", "other"), 1);
    }

    private static Set<String> hostedBy(ActorSystem<Void> system) {
        EntityTypeKey<AggregateMessage> key = EntityTypeKey.create(AggregateMessage.class, "wallet");
        ShardRegion.CurrentShardRegionState state = AskPattern.<ClusterShardingQuery, ShardRegion.CurrentShardRegionState>ask(
                ClusterSharding.get(system).shardState(), replyTo -> new GetShardRegionState(key, replyTo), PATIENCE,
                system.scheduler()).toCompletableFuture().join();
        Set<String> entities = new HashSet<>();
        state.getShards().forEach(shard -> entities.addAll(shard.getEntityIds()));
        return entities;
    }
}
