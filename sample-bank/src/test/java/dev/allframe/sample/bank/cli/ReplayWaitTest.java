package dev.allframe.sample.bank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayRange;
import dev.allframe.replay.ReplayStatus;
import dev.allframe.replay.ReplayStatus.State;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a command waits for a replay. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ReplayWaitTest {

    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final AtomicInteger looks = new AtomicInteger();

    private ReplayWait wait(IntFunction<State> states) {
        return new ReplayWait(new Looked(states), new Output(), shown -> {}, PATIENCE);
    }

    @Test
    void a_replay_that_nothing_runs_is_not_waited_for_without_end() {
        assertThatThrownBy(() -> wait(look -> State.RUNNING).untilItStands("feed", () -> false))
                .isInstanceOf(ViewException.class)
                .hasMessage("the replay has not gone on for 0 s: nobody runs it; the same command goes on with it");
    }

    @Test
    void who_reads_the_lines_may_pause_for_longer() {
        State end = wait(look -> look < 20 ? State.RUNNING : State.DONE).untilItStands("feed", () -> true).state();

        assertThat(end).isEqualTo(State.DONE);
        assertThat(looks).hasValue(20);
    }

    /** A replay that stands at one position, in the states that it is given. */
    private final class Looked implements ReplayManager {

        private final IntFunction<State> states;

        Looked(IntFunction<State> states) {
            this.states = states;
        }

        @Override
        public CompletionStage<ReplayStatus> describe(String name) {
            return CompletableFuture.completedFuture(new ReplayStatus(name, states.apply(looks.incrementAndGet()),
                    ReplayRange.all(), "me", "", null, Position.START, Position.START, 0, 0, UNLIMITED, null,
                    "nobody runs it"));
        }

        @Override
        public CompletionStage<List<ReplayStatus>> describe() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> start(String name, ReplayRange range, int eventsPerSecond, Order order) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> pause(String name, Order order) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> resume(String name, Order order) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> rate(String name, int eventsPerSecond, Order order) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> skip(String name, StreamId stream, long sequenceNr, Order order) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> cancel(String name, Order order) {
            throw new UnsupportedOperationException();
        }
    }
}
