package dev.allframe.runtime.reaction;

import dev.allframe.projection.ProjectionState;
import dev.allframe.runtime.reaction.ReactionPositions.Parked;
import dev.allframe.store.Position;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** How a reaction gets on, for those who ask on this node. Thread-safe. */
final class ReactionProgress {

    /**
     * What is known.
     *
     * @param runner the actor that runs it here; null where another member of the cluster does, or none yet
     * @param state what it is doing
     * @param position everything up to here is finished and stored
     * @param parked the streams that wait
     * @param trouble why it does not go on, or was last interrupted; empty where nothing is wrong
     */
    record Now(@Nullable ActorRef<ReactionActor.Message> runner, ProjectionState state, Position position,
            List<Parked> parked, String trouble) {

        /** The trouble, or how many streams wait, and why one of them does; empty where nothing is wrong. */
        String troubles() {
            return trouble.isEmpty() && !parked.isEmpty()
                    ? parked.size() + " streams wait, such as " + parked.getFirst().stream() + ": "
                            + parked.getFirst().reason()
                    : trouble;
        }
    }

    private final Meter meter = new Meter();
    private volatile Now now = new Now(null, ProjectionState.BUILDING, Position.START, List.of(), "");

    Now now() {
        return now;
    }

    /** Called by one thread at a time. */
    void set(Now changed) {
        now = changed;
        if (changed.state() == ProjectionState.LIVE) {
            meter.at(System.nanoTime(), changed.position().index());
        } else {
            meter.rest();
        }
    }

    /** How many positions are passed a second; 0 where that is not known. */
    double positionsPerSecond() {
        return meter.perSecond();
    }
}
