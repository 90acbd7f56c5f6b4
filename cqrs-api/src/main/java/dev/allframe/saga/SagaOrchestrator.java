package dev.allframe.saga;

import dev.allframe.command.CommandOptions;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.store.ConsistencyToken;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Starts sagas, and shows and operates those that were started, on whichever node they run. Callable from any thread.
 * Stages are completed on threads that no saga needs, so that a callback may block; a stage that fails does so with a
 * {@link SagaException}, which holds a {@link SagaError}.
 */
public interface SagaOrchestrator {

    /**
     * Starts a saga. With the id of one that was started, and the same context, it is that one: starting is repeated
     * safely.
     *
     * @param id 1 to {@link SagaType#MAX_ID} characters, unique within the definition
     * @param context what it begins with
     * @return completes when the start is durable
     */
    default <T> CompletionStage<SagaHandle> start(SagaType<T> type, String id, T context) {
        return start(type, id, context, CommandOptions.none());
    }

    /**
     * As {@link #start(SagaType, String, Object)}, with what the saga belongs to and was caused by, and the starter's
     * user and trace, which its commands carry on. A time limit is that of the start alone.
     *
     * @throws IllegalArgumentException if the options have a command id, an expected version or a time of issue, which
     *         have no meaning here
     */
    <T> CompletionStage<SagaHandle> start(SagaType<T> type, String id, T context, CommandOptions options);

    /**
     * A saga by its id, which need not be there.
     *
     * @throws SagaException with {@link SagaError.InvalidId} if no saga can have the id
     */
    SagaHandle saga(String definition, String id);

    /**
     * Sagas as the view of this node has them, the ones that were started first, first.
     *
     * @throws dev.allframe.projection.ViewNotReadyException while that view is built
     * @throws SagaException with {@link SagaError.InvalidCursor} if no answer to the question can have ended with its
     *         cursor
     */
    SagaPage find(SagaQuery query);

    /**
     * As {@link #find(SagaQuery)}, when the view has applied what the token stands for.
     *
     * @param token of a start, {@link SagaHandle#token()}
     */
    CompletionStage<ViewAnswer<SagaPage>> find(SagaQuery query, ConsistencyToken token, Duration timeout);

    /** How the definitions are doing, by name and version: those that are registered, and those that sagas have. */
    List<SagaMetadata> describe();
}
