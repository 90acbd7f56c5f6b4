package dev.allframe.sample.bank.cli;

import dev.allframe.failure.Failures;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaStatus;
import dev.allframe.sample.bank.history.InputException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Option;

/** How long a command waits for the end of a saga. */
final class SagaWait {

    @Option(names = "--wait", defaultValue = "30", paramLabel = "SECONDS", description = "How long to wait for the end (default: ${DEFAULT-VALUE}).")
    private int seconds = 30;

    /**
     * Refuses what is no time.
     *
     * @throws InputException if it is less than a second
     */
    void check() {
        if (seconds < 1) {
            throw new InputException("--wait must be 1 or more, not " + seconds);
        }
    }

    /** How a saga is when it has ended or is parked, or when the time is over. */
    SagaStatus await(SagaHandle saga) {
        try {
            return SagaAnswers.of(saga.ended().toCompletableFuture().copy().orTimeout(seconds, TimeUnit.SECONDS));
        } catch (CompletionException late) {
            if (!(Failures.unwrapped(late) instanceof TimeoutException)) {
                throw late;
            }
            return SagaAnswers.status(saga);
        }
    }
}
