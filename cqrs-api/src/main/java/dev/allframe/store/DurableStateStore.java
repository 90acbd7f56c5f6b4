package dev.allframe.store;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps one value for an id, without history. Callable from any thread. */
public interface DurableStateStore {

    /** The last change; empty where there never was one. After a delete it says so and still has its revision. */
    CompletionStage<Optional<DurableState>> getState(StreamId id);

    /**
     * Sets the value. The revision is the one that this change makes, one more than the last; the stage fails with {@link VersionConflictException} for any
     * other, and nothing is changed.
     */
    CompletionStage<DurableState> upsertState(StreamId id, long revision, Payload payload, String tag);

    /** Deletes the value; revision and failure as for {@link #upsertState}. */
    CompletionStage<DurableState> deleteState(StreamId id, long revision);

    /** The last changes of all ids in position order, deletes among them. The predicate is called on a thread of the store and must be quick. */
    CompletionStage<DurableStatePage> getStateChanges(Predicate<DurableState> wanted, Position after, int limit);

    /** The ids that have a value, in order; {@code after} is not included, null for the beginning. */
    CompletionStage<List<StreamId>> getStateIds(@Nullable StreamId after, int limit);

    /** As {@link EventReader#onAppend(Runnable)}, for changes of states. */
    Registration onStateChange(Runnable wake);
}
