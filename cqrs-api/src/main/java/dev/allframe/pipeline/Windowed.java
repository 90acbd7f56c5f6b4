package dev.allframe.pipeline;

import java.util.Objects;

/**
 * The key of a row that belongs to a group and a window. Ordered by the group, then by time: all windows of a group are
 * {@code Range.leading(group)}.
 *
 * @param key the group
 * @param window the stretch of time
 * @param <K> the groups
 * @param <T> moments
 */
public record Windowed<K, T>(K key, Window<T> window) {

    public Windowed {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(window, "window");
    }
}
