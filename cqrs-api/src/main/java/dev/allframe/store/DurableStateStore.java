package dev.allframe.store;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one value for an id, without history. Callable from any thread. States and streams of the same id have nothing
 * in common.
 *
 * <p>Stages fail with {@link StoreClosedException} after {@code close()}, with {@link StoreOverloadedException} where
 * too much waits already, and with {@link IllegalArgumentException} for a limit below 1.
 */
public interface DurableStateStore {

    /** The last change; empty where there never was one. After a delete it says so and still has its revision. */
    CompletionStage<Optional<DurableState>> getState(StreamId id);

    /**
     * Sets the value. The revision is the one that this change makes, one more than the last, which is 0 where there
     * never was a change; the stage fails with {@link VersionConflictException} for any other, and nothing is changed.
     * Changes of one id that one thread calls one after the other take effect in that order.
     */
    CompletionStage<DurableState> upsertState(StreamId id, long revision, Payload payload, String tag);

    /**
     * Deletes the value and keeps the tag; revision and failure as for {@link #upsertState}. A change like any other,
     * also where there is no value.
     */
    CompletionStage<DurableState> deleteState(StreamId id, long revision);

    /**
     * The last changes of all ids in position order, deletes among them. Pages are bounded as those of
     * {@link EventReader}.
     *
     * @param wanted which are wanted; called on a thread that the store does not need; what it throws fails the stage
     * @param after where to begin, not included: {@link Position#START} or what a page or change of this store gave
     * @param limit how many at most, 1 or more
     * @return a stage that fails with {@link ForeignPositionException} for a position of another store
     */
    CompletionStage<DurableStatePage> getStateChanges(Predicate<DurableState> wanted, Position after, int limit);

    /**
     * The ids that have a value, in the order of {@link StreamId#compareTo}; at its end where the page is empty.
     *
     * @param after where to begin, not included, whether or not it exists; null for the beginning
     * @param limit how many at most, 1 or more
     */
    CompletionStage<List<StreamId>> getStateIds(@Nullable StreamId after, int limit);

    /**
     * As {@link EventReader#onAppend(Runnable)}, for changes of states.
     *
     * @throws NullPointerException that names the argument which is null
     * @throws StoreClosedException after {@code close()}
     */
    Registration onStateChange(Runnable wake);
}
