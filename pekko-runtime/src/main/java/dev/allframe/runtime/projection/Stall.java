package dev.allframe.runtime.projection;

import dev.allframe.store.Position;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a view applies nothing although the store has more, whatever holds it up: a handler that does not
 * return, a read that is not answered, a stream that has ended unseen. Thread-safe.
 */
final class Stall {

    private static final long PATIENCE_MILLIS = 10_000;

    private @Nullable Position at;
    private long since;
    private long records;

    /**
     * Compares with what was there when it was asked before. Does not wait: where the store answers later, the next
     * question has its answer.
     *
     * @return how the view stalls; empty where it does not
     */
    String look(ServedView<?, ?> view, long nowMillis) {
        Published served = view.published();
        Position reached = served == null ? Position.START : served.state().position();
        CompletionStage<Long> unused = view.lag().whenComplete((behind, failed) -> {
            if (failed == null) {
                note(reached, behind, nowMillis);
            }
        });
        return told(nowMillis);
    }

    private synchronized void note(Position reached, long behind, long nowMillis) {
        records = behind;
        if (behind == 0) {
            at = null;
        } else if (!reached.equals(at)) {
            at = reached;
            since = nowMillis;
        }
    }

    /** The view does not apply anything, and says why. */
    synchronized void forget() {
        at = null;
    }

    private synchronized String told(long nowMillis) {
        long millis = nowMillis - since;
        return at == null || millis <= PATIENCE_MILLIS
                ? ""
                : "it has applied nothing for " + millis / 1_000 + " s, and is " + records + " records behind";
    }
}
