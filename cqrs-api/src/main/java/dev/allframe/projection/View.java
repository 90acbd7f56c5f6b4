package dev.allframe.projection;

import dev.allframe.command.CommandResult;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.Position;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A view as its users see it. Callable from any thread. Stages are completed on a thread that the view does not need,
 * so that a callback may block.
 *
 * @param <K> the keys
 * @param <R> the rows
 */
public interface View<K, R> extends ViewReader<K, R> {

    /** What waits for a token unless a time is said. */
    Duration USUAL_PATIENCE = Duration.ofSeconds(5);

    /** What the view is made from. */
    ProjectionType<K, R> type();

    /** How far the view is: everything up to here was applied. */
    Position position();

    /** Waits until the view has applied what all of the tokens stand for. A timeout undoes nothing. */
    CompletionStage<ViewAnswer<Position>> await(Collection<ConsistencyToken> tokens, Duration timeout);

    /** As {@link #await(Collection, Duration)}, for one token. */
    default CompletionStage<ViewAnswer<Position>> await(ConsistencyToken token, Duration timeout) {
        return await(List.of(token), timeout);
    }

    /**
     * As {@link #await(ConsistencyToken, Duration)}, for what a command has stored; of a command that was not accepted
     * there is nothing to wait for.
     */
    default CompletionStage<ViewAnswer<Position>> await(CommandResult<?> result, Duration timeout) {
        return await(result instanceof CommandResult.Accepted<?> accepted ? List.of(accepted.token()) : List.of(),
                timeout);
    }

    /** The row of a key, when the view has applied what the token stands for; waits up to five seconds. */
    default CompletionStage<ViewAnswer<Optional<R>>> get(K key, ConsistencyToken token) {
        return get(key, token, USUAL_PATIENCE);
    }

    /** The row of a key, when the view has applied what the token stands for. */
    CompletionStage<ViewAnswer<Optional<R>>> get(K key, ConsistencyToken token, Duration timeout);

    /**
     * Asks several questions of one moment. The reader is of no use after the function has returned.
     *
     * @return what the function returned
     */
    <T> T read(Function<ViewReader<K, R>, T> questions);
}
