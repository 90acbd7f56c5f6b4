package dev.allframe.saga;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A call to something outside of AllFrame. It is called on a virtual thread, and may be called again under the same key
 * for the same work: after a crash, a time limit, or an answer that was lost.
 *
 * @param <T> the context of the saga
 * @param <O> what it answers
 */
@FunctionalInterface
public interface OutsideCall<T, O extends @Nullable Object> {

    /**
     * Does the work once for each key, however often it is called.
     *
     * @param context the context of the saga
     * @param key the idempotency key of the work; an undo gets that of the work which it undoes
     * @return completes when the work is done; a stage that fails leaves open whether it was
     */
    CompletionStage<O> call(T context, String key);
}
