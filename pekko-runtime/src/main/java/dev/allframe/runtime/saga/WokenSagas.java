package dev.allframe.runtime.saga;

import dev.allframe.runtime.saga.SagaWaker.Due;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which sagas were told that their time has come: those that have not answered, and the last {@link #MOST} that have,
 * each with the pause until it may be told again for the same moment. One that is forgotten is told again by the next
 * pass, which changes nothing but the work. Not thread-safe.
 */
final class WokenSagas {

    /** So many that have answered are remembered. */
    static final int MOST = 10_000;

    /** One that has answered. */
    private record Told(@Nullable Instant since, int times, long againNanos) {}

    private final LongSupplier nanoTime;

    /** How often each was told for its moment. */
    private final Map<String, Integer> unanswered = new HashMap<>();
    private final LinkedHashMap<String, Told> answered = new LinkedHashMap<>();

    /** With the time of the machine, which nobody sets back. */
    WokenSagas(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How many have not answered. */
    int unanswered() {
        return unanswered.size();
    }

    /** Whether a saga may be told: it has answered, and is due since another moment or has paused. */
    boolean mayBeTold(Due due) {
        if (unanswered.containsKey(due.saga())) {
            return false;
        }
        Told before = answered.get(due.saga());
        return before == null || !Objects.equals(before.since, due.since())
                || before.againNanos - nanoTime.getAsLong() <= 0;
    }

    /** It is told. */
    void told(Due due) {
        Told before = answered.remove(due.saga());
        unanswered.put(due.saga(), before != null && Objects.equals(before.since, due.since()) ? before.times + 1 : 1);
    }

    /** It has answered, whatever; nothing where it was not told. */
    void answered(Due due) {
        Integer times = unanswered.remove(due.saga());
        if (times == null) {
            return;
        }
        answered.put(due.saga(),
                new Told(due.since(), times, nanoTime.getAsLong() + SagaWaker.pause(times).toNanos()));
        if (answered.size() > MOST) {
            answered.pollFirstEntry();
        }
    }
}
