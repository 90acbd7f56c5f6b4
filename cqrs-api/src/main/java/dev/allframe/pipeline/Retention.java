package dev.allframe.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How long windows are kept behind their end, by the time at which events are stored; null for ever. */
record Retention<T>(Moments<T> moments, @Nullable Duration time) {

    static Duration checked(Duration time) {
        Objects.requireNonNull(time, "kept");
        if (time.isNegative() || time.compareTo(Duration.ofDays(366_000)) > 0) {
            throw new IllegalArgumentException("a retention must be 0 to 366,000 days, not " + time);
        }
        return time;
    }

    /** Whether a window is behind it when an event is stored. */
    boolean isBehind(Window<T> window, Instant stored) {
        return time != null && !moments.isBefore(moments.behind(stored, time), window.until());
    }

    /** The moment before which windows that are behind it begin. */
    T edge(Instant stored) {
        return moments.behind(stored, time == null ? Duration.ZERO : time);
    }

    boolean isLimited() {
        return time != null;
    }

    /** Part of the meaning of a view with these windows. */
    List<String> meaning(Object windows) {
        return time == null ? List.of("windows " + windows) : List.of("windows " + windows, "retention " + time);
    }

    /** The steps of a pipeline with these windows, a line for each. */
    List<String> nodes(String windows) {
        return time == null
                ? List.of("window " + windows)
                : List.of("window " + windows, "retention of " + Words.of(time));
    }
}
