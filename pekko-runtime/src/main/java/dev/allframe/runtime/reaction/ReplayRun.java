package dev.allframe.runtime.reaction;

import dev.allframe.replay.ReplayRange;
import dev.allframe.runtime.projection.ViewOrder;
import dev.allframe.runtime.reaction.ReactionPositions.Stands;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The last run of a replay, as the orders say it together.
 *
 * @param number of the order that began it
 * @param started that order's time
 * @param range which events
 * @param end the last position: that of the order, or the one that the range names
 * @param eventsPerSecond how fast at most
 * @param paused whether it is to wait
 * @param cancelled whether it was ended
 */
record ReplayRun(long number, Instant started, ReplayRange range, Position end, int eventsPerSecond, boolean paused,
        boolean cancelled, String by, String reason) {

    /** The last run; empty where none was ever begun. */
    static Optional<ReplayRun> last(List<RecordedEvent<ViewOrder>> orders) {
        ReplayRun run = null;
        for (RecordedEvent<ViewOrder> order : orders) {
            if (order.event() instanceof ViewOrder.ReplayStarted started) {
                run = begun(order, started);
            } else if (run != null) {
                run = run.after(order.event());
            }
        }
        return Optional.ofNullable(run);
    }

    private static ReplayRun begun(RecordedEvent<ViewOrder> order, ViewOrder.ReplayStarted started) {
        ReplayRange range = rangeOf(started);
        Position upTo = range.upTo();
        return new ReplayRun(order.sequenceNr(), order.metadata().timestamp(), range,
                upTo == null || reaches(upTo, order.position()) ? order.position() : upTo, started.eventsPerSecond(),
                false, false, started.by(), started.reason());
    }

    private ReplayRun after(ViewOrder order) {
        return switch (order) {
            case ViewOrder.Paused given -> with(eventsPerSecond, true, cancelled);
            case ViewOrder.Resumed given -> with(eventsPerSecond, false, cancelled);
            case ViewOrder.ReplayRateSet set -> with(set.eventsPerSecond(), paused, cancelled);
            case ViewOrder.ReplayCancelled given -> with(eventsPerSecond, paused, true);
            case ViewOrder.ReplayStarted another -> this;
            case ViewOrder.EventSkipped given -> this;
            case ViewOrder.RetryOrdered given -> this;
            case ViewOrder.RebuildOrdered ofViews -> this;
            case ViewOrder.Retired ofViews -> this;
            case ViewOrder.OfVersions ofViews -> this;
            case ViewOrder.RestartOrdered ofReactions -> this;
        };
    }

    private ReplayRun with(int rate, boolean waits, boolean ended) {
        return new ReplayRun(number, started, range, end, rate, waits, ended, by, reason);
    }

    /** The order that begins a run. */
    static ViewOrder.ReplayStarted order(ReplayRange range, int eventsPerSecond, String by, String reason) {
        return new ViewOrder.ReplayStarted(text(range.from()), text(range.until()), range.types(), text(range.tag()),
                text(range.stream()), range.after().equals(Position.START) ? "" : range.after().asText(),
                range.upTo() == null ? "" : range.upTo().asText(), eventsPerSecond, by, reason);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static ReplayRange rangeOf(ViewOrder.ReplayStarted order) {
        return new ReplayRange(order.from().isEmpty() ? null : Instant.parse(order.from()),
                order.until().isEmpty() ? null : Instant.parse(order.until()), order.types(),
                order.tag().isEmpty() ? null : order.tag(),
                order.stream().isEmpty() ? null : new StreamId(order.stream()),
                order.after().isEmpty() ? Position.START : Position.parse(order.after()),
                order.upTo().isEmpty() ? null : Position.parse(order.upTo()));
    }

    /** Whether this run is done where the replay stands. */
    boolean isDone(Stands stands) {
        return stands.orders() >= number && stands.parked().isEmpty() && reaches(stands.position(), end);
    }

    /** Whether events are left of it, and it was not ended. */
    boolean goesOn(Stands stands) {
        return !cancelled && !isDone(stands);
    }

    /** Whether a position is not before an end. In a copy of the store the two may have ids of different stores. */
    static boolean reaches(Position position, Position end) {
        return position.epoch() > end.epoch() || (position.epoch() == end.epoch() && position.index() >= end.index());
    }
}
