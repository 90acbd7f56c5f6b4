package dev.allframe.pipeline;

import java.util.Objects;

/**
 * A stretch of time.
 *
 * @param from its first moment
 * @param until the first moment behind it
 * @param <T> moments: {@link java.time.Instant} or {@link java.time.LocalDate}
 */
public record Window<T>(T from, T until) {

    public Window {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(until, "until");
    }
}
