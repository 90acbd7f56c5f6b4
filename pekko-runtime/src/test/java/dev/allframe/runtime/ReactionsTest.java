package dev.allframe.runtime;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.runtime.CommandBusConformance.newId;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayRange;
import dev.allframe.replay.ReplayStatus;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.Health.Kind;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Reactions beside real actors, on the storage in memory. */
final class ReactionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(1);

    /** Wallets of which no effect succeeds. */
    private static final Set<String> FAILING = ConcurrentHashMap.newKeySet();

    /** The idempotency keys of what was sent. */
    private static final Set<String> MAILS = ConcurrentHashMap.newKeySet();

    /** Puts the same amount into a savings wallet, by a command that is known by the key of the event. */
    private static final ReactionType SAVINGS = ReactionType.named("savings")
            .from(WALLET, ReactionsTest::save)
            .fromStart();

    private static final ReactionType MAIL = ReactionType.named("mails")
            .from(WALLET, ReactionsTest::mail)
            .fromNow()
            .retry(MOMENT, MOMENT, 2);

    private static final Config MEMORY = ConfigFactory.parseString("allframe.storage = memory")
            .withFallback(ConfigFactory.load());

    private static final AllFrame ALL_FRAME = AllFrame.standalone("reactions", MEMORY)
            .aggregate(WALLET)
            .reaction(SAVINGS)
            .reaction(MAIL)
            .start();

    @AfterAll
    static void end() {
        ALL_FRAME.close();
    }

    private static CompletionStage<?> save(WalletEvent event, ReactionInfo info) {
        if (info.id().startsWith("savings-")) {
            return CompletableFuture.completedFuture(null);
        }
        return ALL_FRAME.commands()
                .dispatch(WALLET, "savings-" + info.id(), put(1),
                        withCommandId(info.idempotencyKey()))
                .thenAccept(result -> result.orThrow());
    }

    private static CompletionStage<?> mail(WalletEvent event, ReactionInfo info) {
        if (FAILING.contains(info.id())) {
            throw new IllegalStateException("no mail for " + info.id());
        }
        MAILS.add(info.idempotencyKey());
        return CompletableFuture.completedFuture(null);
    }

    private static void pay(String id) {
        ALL_FRAME.commands().dispatchAndWait(WALLET, id, put(1)).orThrow();
    }

    private static Health.Part part(String name) {
        return ALL_FRAME.health()
                .parts()
                .stream()
                .filter(part -> part.kind() == Kind.REACTION && part.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void an_effect_can_be_a_command_for_another_instance() {
        String id = newId();
        for (int i = 0; i < 20; i++) {
            pay(id);
        }

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(ALL_FRAME.eventStore(WALLET).streamEvents("savings-" + id)).hasSize(20));
    }

    @Test
    void a_reaction_that_stands_is_not_up_and_others_are() {
        String healthy = newId();
        pay(healthy);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(MAILS).contains("wallet|" + healthy + "#1"));
        assertThat(part("mails").status()).isEqualTo(Health.Status.UP);
        String id = newId();
        FAILING.add(id);

        pay(id);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(part("mails").status()).isEqualTo(Health.Status.DEGRADED));
        assertThat(part("mails").reason()).startsWith("it is FAILED: event 1 of wallet|" + id)
                .endsWith("no mail for " + id);
        assertThat(part("savings").status()).isEqualTo(Health.Status.UP);
        assertThat(ALL_FRAME.projections().describe()).extracting(ProjectionMetadata::name)
                .containsExactly("mails", "savings");
        assertThat(ALL_FRAME.projections().describe("mails").state()).isEqualTo(ProjectionState.FAILED);
        assertThat(ALL_FRAME.projections().describe("mails").lag()).isPositive();

        ALL_FRAME.projections()
                .skip("mails", StreamId.of("wallet", id), 1, Order.of("test", "nobody reads it"))
                .toCompletableFuture()
                .join();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(part("mails").status()).isEqualTo(Health.Status.UP));
    }

    @Test
    void a_reaction_is_neither_rebuilt_nor_retired_and_an_unknown_one_takes_no_order() {
        Order order = Order.of("test", "to see");
        assertThatThrownBy(() -> ALL_FRAME.projections().rebuild("mails", order))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'mails' is a reaction");
        assertThatThrownBy(() -> ALL_FRAME.projections().retire("mails", order))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'mails' is a reaction")
                .hasMessageContaining("pause it");
        assertThatThrownBy(() -> ALL_FRAME.projections().retry("unknown", order))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_reaction_that_is_told_to_begin_anew_repeats_its_effects() {
        String id = newId();
        String key = "wallet|" + id + "#1";
        pay(id);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(MAILS).contains(key));
        MAILS.remove(key);

        ALL_FRAME.projections()
                .restart("mails", ReactionType.Begin.START, Order.of("test", "the mails were lost"))
                .toCompletableFuture()
                .join();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(MAILS).contains(key));
        assertThatThrownBy(() -> ALL_FRAME.projections()
                .restart("unknown", ReactionType.Begin.NOW, Order.of("test", "to see")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_start_reports_all_that_is_wrong_with_reactions() {
        assertThatThrownBy(() -> AllFrame.standalone("wrong", MEMORY)
                .reaction(ReactionType.named("Bad Name").from(WALLET, ReactionsTest::mail))
                .reaction(MAIL)
                .reaction(MAIL)
                .start()).isInstanceOfSatisfying(InvalidDomainException.class,
                        invalid -> assertThat(invalid.problems()).hasSize(3)
                                .anyMatch(problem -> problem.contains("add .fromNow() or .fromStart()"))
                                .contains("two views or reactions are named 'mails'"));
    }

    @Test
    void a_replay_goes_on_when_all_frame_starts_again() {
        Set<String> replayed = ConcurrentHashMap.newKeySet();
        ReplayType again = ReplayType.named("again").from(WALLET, (event, info) -> {
            replayed.add(info.id());
            return CompletableFuture.completedFuture(null);
        });
        String id = newId();
        pay(id);
        Order order = Order.of("ann", "a new receiver");
        try (AllFrame first = AllFrame.on(ALL_FRAME.system()).replay(again).start()) {
            ReplayManager replays = first.replays();
            assertThat(replays.describe().toCompletableFuture().join()).extracting(ReplayStatus::state)
                    .containsExactly(ReplayStatus.State.NEW);
            replays.start("again", ReplayRange.all().stream(WALLET, id), order).toCompletableFuture().join();
            await().atMost(PATIENCE).until(() -> stateOf(first) == ReplayStatus.State.DONE);
            replays.start("again", ReplayRange.all(), 1, order).toCompletableFuture().join();
            replays.pause("again", order).toCompletableFuture().join();
        }
        assertThat(replayed).contains(id);
        try (AllFrame second = AllFrame.on(ALL_FRAME.system()).replay(again).start()) {
            assertThat(stateOf(second)).isEqualTo(ReplayStatus.State.PAUSED);
            second.replays().rate("again", ReplayManager.UNLIMITED, order).toCompletableFuture().join();
            second.replays().resume("again", order).toCompletableFuture().join();
            await().atMost(PATIENCE).until(() -> stateOf(second) == ReplayStatus.State.DONE);
        }
        assertThatThrownBy(ALL_FRAME::replays).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("add .replay(…)");
        assertThatThrownBy(() -> AllFrame.on(ALL_FRAME.system())
                .reaction(MAIL)
                .replay(again)
                .replay(
                        ReplayType.named("mails").of(MAIL))
                .start()).isInstanceOf(InvalidDomainException.class)
                .hasMessageContaining("two views, reactions or replays are named 'mails'")
                .hasMessageContaining("replay 'mails' would repeat the effects of reaction 'mails'");
    }

    private static ReplayStatus.State stateOf(AllFrame allFrame) {
        return allFrame.replays().describe("again").toCompletableFuture().join().state();
    }

    @Test
    void reactions_over_a_journal_without_one_order_are_refused() {
        assertThatThrownBy(() -> AllFrame
                .standalone("foreign", ConfigFactory
                        .parseString("pekko.persistence.journal.plugin = pekko.persistence.journal.inmem")
                        .withFallback(ConfigFactory.load()))
                .reaction(MAIL)
                .start()).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("reactions and replays need a storage");
    }
}
