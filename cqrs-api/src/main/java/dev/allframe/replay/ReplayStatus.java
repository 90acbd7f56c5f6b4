package dev.allframe.replay;

import dev.allframe.store.Position;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The last run of a replay, as stored, and as far as this node knows how it goes on.
 *
 * @param name of the replay
 * @param state what it is doing
 * @param range which events; every one before the first start
 * @param by who started it
 * @param reason why
 * @param started when, on that node's clock; null before the first start
 * @param position everything up to here is done, and stored to be so
 * @param end the last position of the range
 * @param events how many events are done up to the position
 * @param share how much of the range is done, by positions, from 0 to 1
 * @param eventsPerSecond how fast it may go at most; {@link ReplayManager#UNLIMITED} where nothing holds it back
 * @param left how long it takes yet, by how fast it went in the last seconds; null where that is not known: it does not
 *        run, or not on this node
 * @param trouble why it does not go on, or was last interrupted; empty where nothing is wrong
 */
public record ReplayStatus(String name, State state, ReplayRange range, String by, String reason,
        @Nullable Instant started, Position position, Position end, long events, double share, int eventsPerSecond,
        @Nullable Duration left, String trouble) {

    /** What a replay is doing. */
    public enum State {
        /** It was never started. */
        NEW,
        /** It goes on, also after a restart. */
        RUNNING,
        /** It waits to be resumed. */
        PAUSED,
        /** It stands before an event that failed as often as it may, or parked streams are left of it. */
        FAILED,
        /** Every event of the range has had its effect. */
        DONE,
        /** It was ended before. */
        CANCELLED;

        /** Whether another may be started. */
        public boolean hasEnded() {
            return this == NEW || this == DONE || this == CANCELLED;
        }
    }
}
