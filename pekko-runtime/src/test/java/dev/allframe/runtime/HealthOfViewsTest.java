package dev.allframe.runtime;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.runtime.Health.Kind;
import dev.allframe.runtime.Health.Part;
import dev.allframe.runtime.Wallets.WalletEvent;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A view whose runner is dead, hangs or starts again is not up, and says why. */
@Guarantee("G10")
final class HealthOfViewsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    record Nothing(BigDecimal amount) {}

    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-02T10:00:00Z"));

    /** Its handler does not return for one wallet until the gate is open. */
    private final ProjectionType<String, Nothing> hanging = ProjectionType
            .named("hanging", version(1), String.class, Nothing.class)
            .from(WALLET, (event, info) -> {
                if (info.id().equals("slow")) {
                    awaitGate();
                }
                return none();
            });

    private final AllFrame allFrame = AllFrame
            .standalone("health-of-views", ConfigFactory.parseString("""
                    allframe.storage = memory
                    allframe.projections.restart-backoff { min = 300ms, max = 300ms }
                    """).withFallback(ConfigFactory.load()))
            .clock(new Clock() {
                @Override
                public ZoneOffset getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now.get();
                }
            })
            .aggregate(WALLET)
            .projection(hanging)
            .start();

    @AfterEach
    void close() {
        gate.countDown();
        allFrame.close();
    }

    private void awaitGate() {
        try {
            gate.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private Part view() {
        return allFrame.health().parts().stream().filter(part -> part.kind() == Kind.VIEW).findFirst().orElseThrow();
    }

    private void awaitUp() {
        await().atMost(PATIENCE).until(() -> allFrame.health().isUp());
    }

    private void later(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    private CommandResult.Accepted<WalletEvent> pay(String wallet) {
        return allFrame.commands().dispatchAndWait(WALLET, wallet, put(1)).orThrow();
    }

    @Test
    void a_view_that_applies_nothing_although_there_is_something_is_not_up() {
        awaitUp();
        var slow = pay("slow").token();
        assertThat(view().reason()).as("it may be at it").isEmpty();

        later(Duration.ofSeconds(11));

        // A question that was under way when the clock was moved counts as unanswered until the next one.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(view().reason())
                        .contains("has applied nothing for 11 s")
                        .contains("1 records behind"));
        gate.countDown();
        assertThat(allFrame.view(hanging).await(slow, PATIENCE).toCompletableFuture().join())
                .isInstanceOf(ViewAnswer.Seen.class);
        awaitUp();
        later(Duration.ofDays(1));
        assertThat(view().reason()).as("there is nothing to apply").isEmpty();
    }

    @Test
    void a_view_whose_actor_has_failed_is_not_up_until_another_has_started() {
        awaitUp();

        tell(Kill.getInstance());

        await().atMost(PATIENCE).until(() -> view().reason().contains("it has failed, and is started again"));
        awaitUp();
        assertThat(allFrame.view(hanging).await(pay("w").token(), PATIENCE).toCompletableFuture().join())
                .isInstanceOf(ViewAnswer.Seen.class);
    }

    @Test
    void a_view_whose_actor_has_ended_is_not_up() {
        awaitUp();

        tell(PoisonPill.getInstance());

        await().atMost(PATIENCE).until(() -> view().reason().contains("what keeps it has stopped"));
    }

    private void tell(Object message) {
        Adapter.toClassic(allFrame.system())
                .actorSelection("/system/allframe-view-hanging-*/*")
                .tell(message, ActorRef.noSender());
    }
}
