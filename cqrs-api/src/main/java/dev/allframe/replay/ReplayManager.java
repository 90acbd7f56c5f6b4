package dev.allframe.replay;

import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.store.StreamId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Starts replays and operates them, on any node. Each order is stored as an event in the stream
 * {@code allframe-projection|<name>} of the store, with its reason and who gave it: it stands when its stage completes,
 * and the node that runs the replay follows it soon after, also one that starts later. So a replay that runs goes on
 * when a process ends and AllFrame starts again with the same {@link ReplayType}. Callable from any thread.
 *
 * <p>Methods throw {@link IllegalArgumentException} for a name that was not given to the builder. Stages of orders for
 * a run that has ended, or never began, fail with {@link IllegalStateException}.
 */
public interface ReplayManager {

    /** As many events per second as the handler takes. */
    int UNLIMITED = 0;

    /**
     * Begins to replay a range. Its end is fixed now: what is stored later is not replayed.
     *
     * @param eventsPerSecond how fast at most; {@link #UNLIMITED} for no limit
     * @return fails with {@link ReplayRunningException} while a run of the name has not ended; with
     *         {@link IllegalArgumentException} for a stream or type of which the replay reads or the store has none,
     *         and for a position of another store
     * @throws IllegalArgumentException for a rate below 0
     */
    CompletionStage<Void> start(String name, ReplayRange range, int eventsPerSecond, Order order);

    /** As {@link #start(String, ReplayRange, int, Order)}, without a limit. */
    default CompletionStage<Void> start(String name, ReplayRange range, Order order) {
        return start(name, range, UNLIMITED, order);
    }

    /** Begins no more effects; those under way end. */
    CompletionStage<Void> pause(String name, Order order);

    /** Goes on after a pause, and tries again what has failed. */
    CompletionStage<Void> resume(String name, Order order);

    /**
     * Changes how fast the run may go.
     *
     * @param eventsPerSecond how many effects begin at most; {@link #UNLIMITED} for no limit
     * @throws IllegalArgumentException for a rate below 0
     */
    CompletionStage<Void> rate(String name, int eventsPerSecond, Order order);

    /**
     * Leaves one event out of this run, and tries again what has failed.
     *
     * @return fails with {@link IllegalArgumentException} if the replay does not read the stream, or the stream has no
     *         event of this number
     */
    CompletionStage<Void> skip(String name, StreamId stream, long sequenceNr, Order order);

    /** Ends the run where it is; effects under way end by themselves. What has had its effect, has had it. */
    CompletionStage<Void> cancel(String name, Order order);

    /** The last run of a replay. Reads the store. */
    CompletionStage<ReplayStatus> describe(String name);

    /** The last run of each replay, in the order of their names. Reads the store. */
    CompletionStage<List<ReplayStatus>> describe();
}
