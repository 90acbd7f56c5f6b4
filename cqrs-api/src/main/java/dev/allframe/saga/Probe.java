package dev.allframe.saga;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Asks the other side whether the work of a key was done, where a call had no answer.
 *
 * @param <T> the context of the saga
 * @param <O> what the call answers
 */
@FunctionalInterface
public interface Probe<T, O> {

    /**
     * Looks for work that was done under a key, and sees to it that none is done under it later.
     *
     * @param context the context of the saga
     * @param key the idempotency key of the work
     * @return the answer of the work, if it was done; empty if it was not, and never will be
     */
    CompletionStage<Optional<O>> ask(T context, String key);
}
