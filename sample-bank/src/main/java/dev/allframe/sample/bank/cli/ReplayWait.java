package dev.allframe.sample.bank.cli;

import dev.allframe.failure.Failures;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayStatus;
import dev.allframe.sample.bank.history.InputException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Waits for a replay on the caller's thread, with a bar, and puts what is refused into words. */
final class ReplayWait {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    /** Longer than the pauses between attempts, and than a node takes to begin. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ReplayManager replays;
    private final Output output;
    private final Consumer<Progress> onShown;
    private final Duration patience;

    /** @param onShown is given the bar that is shown */
    ReplayWait(ReplayManager replays, Output output, Consumer<Progress> onShown) {
        this(replays, output, onShown, PATIENCE);
    }

    ReplayWait(ReplayManager replays, Output output, Consumer<Progress> onShown, Duration patience) {
        this.replays = replays;
        this.output = output;
        this.onShown = onShown;
        this.patience = patience;
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

    /**
     * Waits until a replay does not go on by itself.
     *
     * @param isWriting whether an effect is under way, which may take as long as it does
     * @throws ViewException if nothing has happened for too long, as where no node runs the replay
     */
    ReplayStatus untilItStands(String name, BooleanSupplier isWriting) {
        ReplayStatus now = of(replays.describe(name));
        long begin = now.range().after().index();
        try (Progress shown = output.progress("replay", now.end().index() - begin, "records")) {
            onShown.accept(shown);
            long alive = System.nanoTime();
            while (now.state() == ReplayStatus.State.RUNNING) {
                shown.at(now.position().index() - begin);
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
                ReplayStatus next = of(replays.describe(name));
                if (isWriting.getAsBoolean() || !next.position().equals(now.position())) {
                    alive = System.nanoTime();
                } else if (System.nanoTime() - alive > patience.toNanos()) {
                    throw new ViewException(String.format(Locale.ROOT, "the replay has not gone on for %d s%s; the same"
                            + " command goes on with it", patience.toSeconds(),
                            next.trouble().isEmpty() ? "" : ": " + next.trouble()));
                }
                now = next;
            }
            shown.at(now.position().index() - begin);
        }
        return now;
    }
}
