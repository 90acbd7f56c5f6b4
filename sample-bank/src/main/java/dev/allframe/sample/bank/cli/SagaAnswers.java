package dev.allframe.sample.bank.cli;

import dev.allframe.saga.SagaError;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaOrchestrator;
import dev.allframe.saga.SagaStatus;
import dev.allframe.sample.bank.history.InputException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

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
    private static RuntimeException inWords(SagaException refused) {
        SagaError error = refused.error();
        return error.retryable() || error instanceof SagaError.Unavailable
                ? new ViewException(error.message())
                : new InputException(error.message());
    }

    /**
     * A saga, which need not be there.
     *
     * @throws InputException if there can be none with the id
     */
    static SagaHandle saga(SagaOrchestrator sagas, String definition, String id) {
        try {
            return sagas.saga(definition, id);
        } catch (SagaException refused) {
            throw inWords(refused);
        }
    }

    /** How a saga is now, which is there. */
    static SagaStatus status(SagaHandle saga) {
        return of(saga.status()).orElseThrow();
    }

    /** What people can do about a saga; empty where it has ended. */
    static Optional<String> next(SagaStatus saga) {
        String command = "'bank saga " + saga.id();
        return switch (saga.phase()) {
            case RUNNING -> Optional.of("it goes on with the next command of the bank; " + command + "' shows it");
            case PARKED -> Optional.of("an operator must decide: " + command + "' shows what has happened, and "
                    + command + " retry' tries it again");
            case COMPLETED, COMPENSATED -> Optional.empty();
        };
    }
}
