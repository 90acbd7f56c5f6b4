package dev.allframe.pipeline;

import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Range;
import dev.allframe.projection.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How long windows are kept behind their end; null for ever. Measured by the latest time at which an event of their
 * group was stored, so that a window that was gone is gone for ever though clocks step back.
 */
record Retention<T>(Moments<T> moments, @Nullable Duration time) {

    static Duration checked(Duration time) {
        Objects.requireNonNull(time, "kept");
        if (time.isNegative() || time.compareTo(Duration.ofDays(366_000)) > 0) {
            throw new IllegalArgumentException("a retention must be 0 to 366,000 days, not " + time);
        }
        return time;
    }

    /** Whether a window is behind it when this is the latest time of its group. */
    boolean isBehind(Window<T> window, Instant latest) {
        return time != null && !moments.isBefore(moments.behind(latest, time), window.until());
    }

    /** The end of the latest windows that are behind it. */
    T edge(Instant latest) {
        return moments.behind(latest, time == null ? Duration.ZERO : time);
    }

    /** The windows of a group that begin before a window, or with it and end before. */
    <K> Range<Windowed<K, T>> before(K group, Window<T> window) {
        return Range.between(keyOfTime(group), new Windowed<>(group, window));
    }

    /** Before the key of every window of a group; the key of the latest time at which one of its values was stored. */
    <K> Windowed<K, T> keyOfTime(K group) {
        return new Windowed<>(group, new Window<>(moments.first(), moments.first()));
    }

    /**
     * Removes windows of a group that are behind the retention.
     *
     * @param firstKept windows before this one are behind the retention; the last of them may not be
     */
    <K, A> Change<Windowed<K, T>, A> sweep(K group, Window<T> firstKept, Instant latest) {
        return Change.following(before(group, firstKept), Change.MOST_FOLLOWED, rows -> new Change.Several<>(rows
                .stream()
                .map(Rows.Entry::key)
                .filter(window -> isBehind(window.window(), latest))
                .map(Change::<Windowed<K, T>, A>remove)
                .toList()));
    }

    /**
     * Counts what comes too late for its group.
     *
     * @param gone in how many windows a value would be that are behind the retention, by the latest time
     */
    <K> Change<K, LateEvents> late(K group, EventInfo info, ToLongFunction<Instant> gone) {
        Instant stored = info.timestamp();
        return time == null
                ? Change.none()
                : Change.latest(group, stored, latest -> {
                    long count = gone.applyAsLong(latest);
                    return count == 0
                            ? Change.none()
                            : Change.upsert(group, new LateEvents(0, stored), late -> late.plus(count, stored));
                });
    }

    boolean isLimited() {
        return time != null;
    }

    /** Part of the meaning of a view with these windows. */
    List<String> meaning(Object windows) {
        return time == null
                ? List.of("windows " + windows)
                : List.of("windows " + windows, "retention " + time + " by the latest stored time");
    }

    /** The steps of a pipeline with these windows, a line for each. */
    List<String> nodes(String windows) {
        return time == null
                ? List.of("window " + windows)
                : List.of("window " + windows, "retention of " + Words.of(time));
    }
}
