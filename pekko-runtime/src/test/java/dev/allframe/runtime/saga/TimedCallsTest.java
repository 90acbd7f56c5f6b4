package dev.allframe.runtime.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.allframe.runtime.saga.TimedCalls.TimedCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls of users' code, each of which has an outcome, whatever that code does. */
final class TimedCallsTest {

    private static final ActorSystem<Void> SYSTEM = ActorSystem.create(Behaviors.empty(), "timed-calls",
            ConfigFactory.parseString("pekko.loglevel = ERROR").withFallback(ConfigFactory.load()));

    private final TimedCalls calls = new TimedCalls(SYSTEM);

    @AfterAll
    static void end() {
        SYSTEM.terminate();
    }

    enum Kind {
        UNTIL, ABOUT
    }

    private TimedCall<String> call(Kind kind, Duration limit, Supplier<CompletionStage<String>> call) {
        return switch (kind) {
            case UNTIL -> calls.until(limit, TimedCalls.UNWATCHED, call);
            case ABOUT -> calls.about(limit, call);
        };
    }

    private static @Nullable String answer(CompletableFuture<String> answered) throws Exception {
        return answered.get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void a_call_that_hangs_has_an_outcome_and_its_thread_is_interrupted(Kind kind) throws Exception {
        CompletableFuture<String> interrupted = new CompletableFuture<>();
        TimedCall<String> call = call(kind, Duration.ofMillis(50), () -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException over) {
                interrupted.complete("interrupted");
            }
            return new CompletableFuture<>();
        });

        Thread.startVirtualThread(call::run);

        assertThatThrownBy(() -> answer(call.answered())).hasCauseInstanceOf(TimeoutException.class);
        assertThat(answer(interrupted)).isEqualTo("interrupted");
    }

    @ParameterizedTest
    @EnumSource
    void a_stage_that_never_completes_has_an_outcome_not_before_its_time(Kind kind) {
        TimedCall<String> call = call(kind, Duration.ofMillis(300), CompletableFuture::new);
        long begun = System.nanoTime();

        call.run();

        assertThatThrownBy(() -> answer(call.answered())).hasCauseInstanceOf(TimeoutException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @ParameterizedTest
    @EnumSource
    void the_answer_is_the_outcome_and_so_is_what_is_thrown(Kind kind) throws Exception {
        Duration limit = Duration.ofMinutes(1);
        TimedCall<String> answers = call(kind, limit, () -> CompletableFuture.completedFuture("yes"));
        TimedCall<String> throwing = call(kind, limit, () -> {
            throw new AssertionError("planted");
        });
        TimedCall<String> failing = call(kind, limit,
                () -> CompletableFuture.failedFuture(new IllegalStateException("planted")));

        answers.run();
        throwing.run();
        failing.run();

        assertThat(answer(answers.answered())).isEqualTo("yes");
        assertThatThrownBy(() -> answer(throwing.answered())).hasCauseInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> answer(failing.answered())).hasCauseInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource
    void calls_that_begin_when_others_have_ended_end_too(Kind kind) {
        for (int i = 0; i < 3; i++) {
            TimedCall<String> call = call(kind, Duration.ofMillis(20), CompletableFuture::new);

            call.run();

            assertThatThrownBy(() -> answer(call.answered())).hasCauseInstanceOf(TimeoutException.class);
        }
    }
}
