package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayRange;
import dev.allframe.replay.ReplayStatus;
import dev.allframe.replay.ReplayStatus.State;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.Health.Kind;
import dev.allframe.runtime.Health.Part;
import dev.allframe.runtime.Health.Status;
import dev.allframe.runtime.Wallets.WalletEvent;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A replay that waits, stands, has parked streams or is not run is not up, and says why; one without a run is. */
@Guarantee("G10")
final class HealthOfReplaysTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Order ORDER = Order.of("ann", "to see");

    /** Wallets of which no effect succeeds. */
    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    private final ReactionType parking = ReactionType.named("mails")
            .from(WALLET, this::effect)
            .fromNow()
            .retry(MOMENT, MOMENT, 2)
            .parkFailures()
            .replayable();

    private final AllFrame allFrame = AllFrame
            .standalone("health-of-replays",
                    ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load()))
            .aggregate(WALLET)
            .replay(ReplayType.named("feed").from(WALLET, this::effect).retry(MOMENT, MOMENT, 2))
            .replay(ReplayType.named("mails-again").of(parking))
            .start();

    private final ReplayManager replays = allFrame.replays();

    @BeforeEach
    void fill() {
        for (int i = 0; i < 3; i++) {
            allFrame.commands().dispatchAndWait(WALLET, "w" + i, put(1)).orThrow();
        }
        awaitUp("feed");
        awaitUp("mails-again");
    }

    @AfterEach
    void close() {
        allFrame.close();
    }

    private CompletionStage<?> effect(WalletEvent event, ReactionInfo info) {
        return failing.contains(info.id())
                ? CompletableFuture.failedFuture(new IllegalStateException("no mail for " + info.id()))
                : CompletableFuture.completedFuture(null);
    }

    private Part part(String replay) {
        return allFrame.health()
                .parts()
                .stream()
                .filter(part -> part.kind() == Kind.REPLAY && part.name().equals(replay))
                .findFirst()
                .orElseThrow();
    }

    private void awaitUp(String replay) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(part(replay).status()).isEqualTo(Status.UP));
    }

    private void awaitReason(String replay, String reason) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(part(replay)).returns(Status.DEGRADED, Part::status)
                        .satisfies(part -> assertThat(part.reason()).contains(reason)));
    }

    private static void done(CompletionStage<Void> order) {
        order.toCompletableFuture().join();
    }

    private ReplayStatus status(String replay) {
        return replays.describe(replay).toCompletableFuture().join();
    }

    @Test
    void a_replay_that_stands_is_not_up_until_it_goes_on() {
        failing.add("w1");
        done(replays.start("feed", ReplayRange.all(), ORDER));

        awaitReason("feed", "it is FAILED: event 1 of wallet|w1: ");
        assertThat(status("feed")).returns(State.FAILED, ReplayStatus::state)
                .satisfies(status -> assertThat(status.trouble()).contains("no mail for w1"));
        assertThat(part("mails-again").status()).isEqualTo(Status.UP);

        failing.clear();
        done(replays.resume("feed", ORDER));
        awaitUp("feed");
        await().atMost(PATIENCE).until(() -> status("feed").state() == State.DONE);
    }

    @Test
    void a_replay_that_waits_is_not_up_until_it_is_cancelled() {
        done(replays.start("feed", ReplayRange.all(), 1, ORDER));
        done(replays.pause("feed", ORDER));

        awaitReason("feed", "it is PAUSED");

        done(replays.cancel("feed", ORDER));
        awaitUp("feed");
        assertThat(status("feed").state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void a_replay_with_parked_streams_is_not_up_and_names_one() {
        failing.add("w2");
        done(replays.start("mails-again", ReplayRange.all(), ORDER));

        awaitReason("mails-again", "it is PARKED: 1 streams wait, such as wallet|w2: event 1 of wallet|w2");
        await().atMost(PATIENCE).until(() -> status("mails-again").state() == State.FAILED);
        assertThat(status("mails-again").trouble()).startsWith("1 streams wait, such as wallet|w2");

        done(replays.cancel("mails-again", ORDER));
        awaitUp("mails-again");
    }

    @Test
    void a_replay_that_nothing_runs_is_not_up() {
        done(replays.start("feed", ReplayRange.all(), 1, ORDER));

        Adapter.toClassic(allFrame.system())
                .actorSelection("/system/allframe-reaction-feed-*")
                .tell(PoisonPill.getInstance(), ActorRef.noSender());

        awaitReason("feed", "the actor that runs it has stopped");
        assertThat(status("feed")).returns(State.RUNNING, ReplayStatus::state)
                .returns("the actor that runs it has stopped", ReplayStatus::trouble);
    }
}
