package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.wasPut;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.command.CommandOptions;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayRange;
import dev.allframe.replay.ReplayStatus;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.Health.Kind;
import dev.allframe.store.DurableState;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reactions and a replay on two members that share a storage, of which one runs each. */
final class ReactionsOfTwoMembersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Order ORDER = Order.of("ann", "a new receiver");
    private static final CommandOptions PATIENT = CommandOptions.none().within(PATIENCE);

    private final ClusterMembers members = new ClusterMembers();

    @AfterEach
    void stop() {
        members.close();
    }

    /** The member that runs it leaves in the middle; the position that it has stored is where the other goes on. */
    @Test
    void a_reaction_runs_on_one_member_and_moves_to_another_without_missing_an_event() {
        Map<String, Set<String>> seen = new ConcurrentHashMap<>();
        List<ReactionInfo> all = Collections.synchronizedList(new ArrayList<>());
        ActorSystem<Void> first = members.joined(members.shared());
        List<String> replayedByOne = Collections.synchronizedList(new ArrayList<>());
        List<String> replayedByTwo = Collections.synchronizedList(new ArrayList<>());
        AllFrame one = AllFrame.on(first)
                .aggregate(WALLET)
                .reaction(noting(seen, all, "one"))
                .replay(replaying(replayedByOne))
                .start();
        one.commands().dispatchAndWait(WALLET, "w0", put(1), PATIENT).orThrow();
        await().atMost(PATIENCE).until(() -> keys(all).size() == 1);
        StreamId replay = StreamId.of(ReactionType.POSITIONS, "again");
        await().atMost(PATIENCE).until(() -> one.backend().getState(replay).toCompletableFuture().join().isPresent());
        ActorSystem<Void> second = members.joined(members.shared());
        AllFrame two = AllFrame.on(second)
                .aggregate(WALLET)
                .reaction(noting(seen, all, "two"))
                .replay(replaying(replayedByTwo))
                .start();
        for (int i = 1; i < 30; i++) {
            two.commands().dispatchAndWait(WALLET, "w" + i % 10, put(1), PATIENT).orThrow();
        }
        await().atMost(PATIENCE).until(() -> keys(all).size() == 30);
        assertThat(seen).as("runs where it began").containsOnlyKeys("one");
        assertThat(two.health().parts()).anySatisfy(part -> assertThat(part.kind()).isEqualTo(Kind.REACTION));

        Adapter.toClassic(first)
                .actorSelection("/system/sharding/allframe-reaction-notes/0/0/*")
                .tell(Kill.getInstance(), ActorRef.noSender());
        two.commands().dispatchAndWait(WALLET, "w0", put(1), PATIENT).orThrow();
        await().atMost(PATIENCE).until(() -> keys(all).size() == 31);
        await().atMost(PATIENCE).until(() -> one.health().isUp());

        two.replays().start("again", ReplayRange.all(), 5, ORDER).toCompletableFuture().join();
        await().atMost(PATIENCE).until(() -> replayedByOne.size() >= 2);
        ReplayStatus elsewhere = two.replays().describe("again").toCompletableFuture().join();
        assertThat(elsewhere.state()).isEqualTo(ReplayStatus.State.RUNNING);
        assertThat(elsewhere.trouble()).isEqualTo("it does not run on this node");

        one.close();
        members.stop(first);
        two.replays().rate("again", ReplayManager.UNLIMITED, ORDER).toCompletableFuture().join();
        for (int i = 0; i < 30; i++) {
            two.commands().dispatchAndWait(WALLET, "w" + i % 10, put(1), PATIENT).orThrow();
        }

        await().atMost(PATIENCE).until(() -> keys(all).size() == 61);
        assertThat(seen.get("two")).as("what was finished is not repeated").hasSize(30);
        await().atMost(PATIENCE)
                .until(() -> two.replays()
                        .describe("again")
                        .toCompletableFuture()
                        .join()
                        .state() == ReplayStatus.State.DONE);
        List<String> together = new ArrayList<>(replayedByOne);
        together.addAll(replayedByTwo);
        assertThat(together).as("what was stored when the replay began").hasSize(31).doesNotHaveDuplicates();

        Adapter.toClassic(second)
                .actorSelection("/system/sharding/allframe-reaction-notes/0/0")
                .tell(PoisonPill.getInstance(), ActorRef.noSender());
        two.commands().dispatchAndWait(WALLET, "w0", put(1), PATIENT).orThrow();
        await().atMost(PATIENCE).until(() -> keys(all).size() == 62);
        await().atMost(PATIENCE).until(() -> two.health().isUp());
        two.close();
    }

    /** Its actor system stays a member. */
    @Test
    void a_reaction_moves_from_a_member_that_closes_AllFrame_and_stays() {
        Map<String, Set<String>> seen = new ConcurrentHashMap<>();
        List<ReactionInfo> all = Collections.synchronizedList(new ArrayList<>());
        ActorSystem<Void> first = members.joined(members.shared());
        AllFrame one = AllFrame.on(first).aggregate(WALLET).reaction(noting(seen, all, "one")).start();
        one.commands().dispatchAndWait(WALLET, "w", put(1), PATIENT).orThrow();
        await().atMost(PATIENCE).until(() -> keys(all).size() == 1);
        ActorSystem<Void> second = members.joined(members.shared());
        AllFrame two = AllFrame.on(second).aggregate(WALLET).reaction(noting(seen, all, "two")).start();

        one.close();
        two.commands().dispatchAndWait(WALLET, "w", put(1), PATIENT).orThrow();

        await().atMost(PATIENCE).until(() -> keys(all).size() == 2);
        assertThat(seen.get("two")).as("what was finished is not repeated").hasSize(1);
        two.close();
    }

    @Test
    void a_member_without_the_role_runs_no_reaction() {
        String role = "\nallframe.sharding.role = host";
        Map<String, Set<String>> seen = new ConcurrentHashMap<>();
        List<ReactionInfo> all = Collections.synchronizedList(new ArrayList<>());
        ActorSystem<Void> first = members.joined(members.shared() + role);
        ActorSystem<Void> second = members.joined(members.shared() + role + "\npekko.cluster.roles = [host]");
        AllFrame one = AllFrame.on(first).aggregate(WALLET).reaction(noting(seen, all, "one")).start();
        AllFrame two = AllFrame.on(second).aggregate(WALLET).reaction(noting(seen, all, "two")).start();

        one.commands().dispatchAndWait(WALLET, "w", put(1), PATIENT).orThrow();

        await().atMost(PATIENCE).until(() -> keys(all).size() == 1);
        assertThat(seen).containsOnlyKeys("two");
        await().atMost(PATIENCE).until(() -> one.health().isUp() && two.health().isUp());
        one.close();
        two.close();
    }

    /** It is paused while an effect is under way, is taken for dead, and wakes up behind another owner's position. */
    @Test
    void a_paused_owner_of_a_reaction_that_wakes_up_stores_no_position() {
        CompletableFuture<Void> held = new CompletableFuture<>();
        List<String> begun = Collections.synchronizedList(new ArrayList<>());
        String quick = members.shared() + """
                pekko.cluster.down-removal-margin = 1ms
                pekko.cluster.failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 1s }
                """;
        ActorSystem<Void> first = members.joined(quick + PausableThreads.CONFIG);
        AllFrame one = AllFrame.on(first).aggregate(WALLET).reaction(holding(begun, "one", held)).start();
        EventStore.of(one.backend(), WALLET, JacksonEventCodec.of(WALLET))
                .append("w", ExpectedVersion.any(), List.of(wasPut(1)))
                .toCompletableFuture()
                .join();
        await().atMost(PATIENCE).until(() -> begun.contains("one"));
        ActorSystem<Void> second = members.joined(quick);
        AllFrame two = AllFrame.on(second)
                .aggregate(WALLET)
                .reaction(holding(begun, "two", CompletableFuture.completedFuture(null)))
                .start();
        DurableState before = position(two);

        PausableThreads.pause();
        try {
            Cluster cluster = Cluster.get(second);
            await().atMost(PATIENCE).until(() -> !cluster.state().getUnreachable().isEmpty());
            cluster.manager().tell(new Down(Cluster.get(first).selfMember().address()));
            await().atMost(PATIENCE).until(() -> begun.contains("two"));
            await().atMost(PATIENCE)
                    .until(() -> two.projections()
                            .describe("held")
                            .position()
                            .compareTo(
                                    two.backend().lastPosition().toCompletableFuture().join()) >= 0);
            DurableState taken = position(two);
            assertThat(taken.revision()).isGreaterThan(before.revision());

            held.complete(null);
            PausableThreads.resume();

            first.getWhenTerminated().toCompletableFuture().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            assertThat(position(two)).isEqualTo(taken);
        } finally {
            PausableThreads.resume();
        }
        one.close();
        two.close();
    }

    private static ReactionType holding(List<String> begun, String member, CompletableFuture<Void> held) {
        return ReactionType.named("held").from(WALLET, (event, info) -> {
            begun.add(member);
            return held;
        }).fromStart();
    }

    private static DurableState position(AllFrame member) {
        return member.backend()
                .getState(StreamId.of("allframe-reaction", "held"))
                .toCompletableFuture()
                .join()
                .orElseThrow();
    }

    private static Set<String> keys(List<ReactionInfo> infos) {
        synchronized (infos) {
            return infos.stream().map(ReactionInfo::idempotencyKey).collect(Collectors.toSet());
        }
    }

    private static ReplayType replaying(List<String> replayed) {
        return ReplayType.named("again").from(WALLET, (event, info) -> {
            replayed.add(info.idempotencyKey());
            return CompletableFuture.completedFuture(null);
        });
    }

    private static ReactionType noting(Map<String, Set<String>> seen, List<ReactionInfo> all, String member) {
        return ReactionType.named("notes").from(WALLET, (event, info) -> {
            seen.computeIfAbsent(member, first -> ConcurrentHashMap.newKeySet()).add(info.idempotencyKey());
            all.add(info);
            return CompletableFuture.completedFuture(null);
        }).fromStart();
    }
}
