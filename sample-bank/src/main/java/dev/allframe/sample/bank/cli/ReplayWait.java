package dev.allframe.sample.bank.cli;

import dev.allframe.failure.Failures;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayStatus;
import dev.allframe.sample.bank.history.InputException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Waits for a replay on the caller's thread, with a bar, and puts what is refused into words. */
final class ReplayWait {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final ReplayManager replays;
    private final Output output;
    private final Consumer<Progress> onShown;

    /** @param onShown is given the bar that is shown */
    ReplayWait(ReplayManager replays, Output output, Consumer<Progress> onShown) {
        this.replays = replays;
        this.output = output;
        this.onShown = onShown;
    }

    /**
     * The answer to an order.
     *
     * @throws InputException if it was for something that cannot be
     */
    static <A> A of(CompletionStage<A> answer) {
        try {
            return answer.toCompletableFuture().join();
        } catch (CompletionException failed) {
            Throwable cause = Failures.unwrapped(failed);
            throw cause instanceof IllegalArgumentException || cause instanceof IllegalStateException
                    ? new InputException(Failures.message(cause))
                    : failed;
        }
    }

    /** Waits until a replay does not go on by itself. */
    ReplayStatus untilItStands(String name) {
        ReplayStatus now = of(replays.describe(name));
        long begin = now.range().after().index();
        try (Progress shown = output.progress("replay", now.end().index() - begin, "records")) {
            onShown.accept(shown);
            while (now.state() == ReplayStatus.State.RUNNING) {
                shown.at(now.position().index() - begin);
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
                now = of(replays.describe(name));
            }
            shown.at(now.position().index() - begin);
        }
        return now;
    }
}
