package dev.allframe.sample.bank.cli;

import dev.allframe.failure.Failures;
import dev.allframe.saga.SagaError;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaStatus;
import dev.allframe.sample.bank.history.InputException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for sagas, and puts what they refuse into words. */
final class SagaAnswers {

    private SagaAnswers() {}

    /**
     * What a saga has answered.
     *
     * @throws InputException if it was asked for something that cannot be
     * @throws ViewException if nobody has answered
     */
    static <A> A of(CompletionStage<A> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof SagaException refused ? inWords(refused) : failed;
        }
    }

    /** What is printed instead. */
    static RuntimeException inWords(SagaException refused) {
        SagaError error = refused.error();
        return error.retryable() || error instanceof SagaError.Unavailable
                ? new ViewException(error.message())
                : new InputException(error.message());
    }

    /**
     * How a saga is, when it has ended, or when a time is over.
     *
     * @throws InputException if there is no such saga
     */
    static SagaStatus await(SagaHandle saga, Duration limit) {
        try {
            return of(saga.ended().toCompletableFuture().copy().orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (CompletionException late) {
            if (!(Failures.unwrapped(late) instanceof TimeoutException)) {
                throw late;
            }
            return status(saga);
        }
    }

    /**
     * How a saga is now.
     *
     * @throws InputException if there is no such saga
     */
    static SagaStatus status(SagaHandle saga) {
        return of(saga.status()).orElseThrow(() -> new InputException("there is no saga '" + saga.id() + "' of '"
                + saga.definition() + "': 'bank sagas' lists those there are"));
    }
}
