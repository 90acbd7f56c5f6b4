package dev.allframe.projection;

import dev.allframe.command.CommandResult;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.Position;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
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

    /**
     * Gives all rows as they are, then their changes, without a gap; see {@link Watched}.
     *
     * <p>Each subscriber goes its own way, at the speed at which it asks. Changes of a row for which it does not ask
     * are given as one: the newest row, with their number. Up to 1,024 keys wait for a subscriber, fewer where many
     * watch the view and are slow; where more have changed it is given {@link Watched.Again} and begins again with the
     * rows, as it is where the view was built anew. While the view cannot be read, such as while it is built, a
     * subscriber waits. It is completed when AllFrame is closed, which later changes may precede; it fails where rows
     * cannot be read from disk. Signals come on a virtual thread of the subscriber, so that it may block.
     *
     * <p>The publisher keeps the rules of reactive streams: {@code request} of less than one fails the subscription
     * with {@link IllegalArgumentException}, and a subscriber that throws is cancelled, and said in the log.
     */
    Flow.Publisher<Watched<K, R>> watch();

    /**
     * As {@link #watch()}, of one key, which need not have a row: then the first element is {@link Watched.Gone}.
     *
     * @throws IllegalArgumentException if the value cannot be a key
     */
    Flow.Publisher<Watched<K, R>> watch(K key);

    /**
     * As {@link #watch()}, of the rows that have a value; a row that gets another one is {@link Watched.Gone}.
     *
     * @throws IllegalArgumentException if the view has no such index
     */
    <V> Flow.Publisher<Watched<K, R>> watch(Index<R, V> index, V value);
}
