package dev.allframe.journal.allsource.tool;

import dev.allframe.journal.allsource.engine.closed.NewStore;
import dev.allframe.journal.allsource.engine.closed.StoredContents;
import dev.allframe.journal.allsource.engine.index.StateChanges;
import dev.allframe.projection.ReactionType;
import dev.allframe.store.DurableState;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A point in a store's past to which it is restored.
 *
 * <p>Events have positions, and what stands behind the point is left out. A snapshot is kept where its stream reaches
 * it. Durable states and deletes are kept with their last value alone and have no position among the events: states
 * that changed later than the last event that is kept are refused, deletes stay. Where reactions stand is always kept:
 * a reaction compares that with the store, and without it would repeat effects or leave them out unnoticed.
 */
final class RestorePoint {

    private static final int PAGE = 1000;

    private final StoredContents contents;
    private final long position;
    private final @Nullable Instant time;

    private RestorePoint(StoredContents contents, long position, @Nullable Instant time) {
        this.contents = contents;
        this.position = position;
        this.time = time;
    }

    /**
     * Finds a point.
     *
     * @param toPosition the last position that is kept; null for no such bound
     * @param toTime the time of the latest event that may be kept; null for no such bound
     * @throws RefusedException if the store never had the position
     */
    static RestorePoint find(StoredContents contents, @Nullable Long toPosition, @Nullable Instant toTime) {
        long last = contents.lastPosition();
        if (toPosition != null && (toPosition < 0 || toPosition > last)) {
            throw new RefusedException("there is no position " + toPosition + ": the last one is " + last);
        }
        if (toPosition != null) {
            Instant[] latest = {Instant.MIN};
            contents.visitEvents(0, event -> {
                boolean kept = event.position().index() <= toPosition;
                Instant at = event.envelope().metadata().timestamp();
                latest[0] = kept && at.isAfter(latest[0]) ? at : latest[0];
                return kept;
            });
            return new RestorePoint(contents, toPosition, toPosition.longValue() == last ? null : latest[0]);
        }
        if (toTime == null) {
            return new RestorePoint(contents, last, null);
        }
        long[] until = {last};
        contents.visitEvents(0, event -> {
            boolean later = event.envelope().metadata().timestamp().isAfter(toTime);
            if (later) {
                until[0] = event.position().index() - 1;
            }
            return !later;
        });
        return new RestorePoint(contents, until[0], toTime);
    }

    long position() {
        return position;
    }

    /** Refuses where a durable state changed later, so that its value at the point is gone. */
    void refuseLaterStates() {
        if (time != null) {
            forEachState(state -> {
                if (!isOfReaction(state) && state.timestamp().isAfter(time)) {
                    String point = time.equals(Instant.MIN)
                            ? ", and no event up to position " + position + " is as late as that"
                            : ", after " + time;
                    throw new RefusedException("the durable state '" + state.id() + "' changed at " + state.timestamp()
                            + point + ", and only its last value is kept;"
                            + " --drop-states restores the events without durable states");
                }
            });
        }
    }

    private static boolean isOfReaction(DurableState state) {
        return state.id().entityType().equals(ReactionType.POSITIONS);
    }

    private void forEachState(Consumer<DurableState> visitor) {
        long after = 0;
        boolean atEnd = false;
        while (!atEnd) {
            StateChanges page = contents.state().changesAfter(after, PAGE);
            page.changes().forEach(visitor);
            atEnd = page.atEnd() || page.changes().isEmpty();
            after = atEnd ? after : page.changes().getLast().position().index();
        }
    }

    /** Adds what is kept to a new store. */
    void replayInto(NewStore store, boolean withoutStates, Progress progress) {
        Map<StreamId, Long> versions = new HashMap<>();
        contents.visitEvents(0, event -> {
            if (event.position().index() > position) {
                return false;
            }
            store.add(event);
            versions.put(event.stream(), event.sequenceNr());
            progress.step();
            return true;
        });
        contents.state().forEachDeleted((stream, to) -> {
            versions.merge(stream, to, Math::max);
            store.addDeleted(stream, to);
        });
        boolean toTheEnd = position >= contents.lastPosition();
        contents.state().forEachSnapshot(snapshot -> {
            if (toTheEnd || snapshot.sequenceNr() <= versions.getOrDefault(snapshot.stream(), 0L)) {
                store.add(snapshot);
            }
        });
        forEachState(state -> {
            if (!withoutStates || isOfReaction(state)) {
                store.add(state);
            }
        });
    }
}
