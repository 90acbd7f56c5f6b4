package dev.allframe.runtime.storage;

import dev.allframe.failure.Failures;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for answers of a store, on threads that may block, and not for ever. */
public final class StoreAnswer {

    /** A page of a large store may be read from a slow disk that others use too. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private StoreAnswer() {}

    /**
     * Waits for an answer. An interrupt does not end the waiting, and stays set.
     *
     * @param what is asked for: "the orders for view 'balances'"
     * @throws StorageUnavailableException if there is no answer in two minutes
     * @throws CompletionException with what the stage fails with
     */
    public static <T> T of(CompletionStage<T> stage, String what) {
        return within(PATIENCE, stage, what);
    }

    static <T> T within(Duration patience, CompletionStage<T> stage, String what) {
        try {
            return stage.toCompletableFuture().copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (CompletionException failed) {
            if (Failures.unwrapped(failed) instanceof TimeoutException) {
                throw new StorageUnavailableException("the storage has not answered within " + patience
                        + " when it was asked for " + what, failed);
            }
            throw failed;
        }
    }
}
