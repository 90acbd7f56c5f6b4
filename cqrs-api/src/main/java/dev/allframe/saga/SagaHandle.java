package dev.allframe.saga;

import dev.allframe.store.ConsistencyToken;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One saga. Callable from any thread. Stages fail with a {@link SagaException}, and are completed on threads that no
 * saga needs.
 */
public interface SagaHandle {

    /** The name of its definition. */
    String definition();

    /** Its id, within its definition. */
    String id();

    /** With this, questions see what this handle has stored; of nothing where it has stored nothing. */
    ConsistencyToken token();

    /** How far it is, read from what is stored; empty where it was not started. */
    CompletionStage<Optional<SagaStatus>> status();

    /** What has happened to it, the first first; empty where it was not started. */
    CompletionStage<List<SagaTransition>> history();

    /**
     * Completes when the saga has ended: completed, compensated, or parked until an operator decides. It has no time
     * limit of its own; {@code toCompletableFuture().orTimeout(…)} gives it one: nobody knows whether a saga that was
     * not started will be. Fails where AllFrame is closed before.
     */
    CompletionStage<SagaStatus> ended();

    /**
     * Turns the saga back. What is under way is found out first, then all that was done is undone. Refused as
     * {@link SagaError.TooLate} behind the pivot.
     *
     * @param by who wants that
     * @param reason why
     */
    CompletionStage<Void> cancel(String by, String reason);

    /**
     * Does with a parked saga what an operator has decided.
     *
     * @param by who has decided
     * @param reason why
     */
    CompletionStage<Void> decide(SagaDecision decision, String by, String reason);
}
