package dev.allframe.saga;

import java.util.Objects;

/**
 * The saga that begins when another has completed.
 *
 * @param type its definition
 * @param id its id
 * @param context what it begins with
 * @param <T> its context
 */
public record Successor<T>(SagaType<T> type, String id, T context) {

    public Successor {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(context, "context");
    }
}
