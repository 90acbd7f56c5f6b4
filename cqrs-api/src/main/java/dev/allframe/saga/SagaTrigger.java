package dev.allframe.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.projection.EventInfo;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Events that start a saga.
 *
 * @param type the aggregate
 * @param event the class of the events
 * @param id the id of the saga; null for {@code <aggregate>/<instance>#<sequenceNr>}
 * @param context what the saga begins with; null where an event starts none
 * @param <T> the context of the saga
 */
public record SagaTrigger<T, E extends Event, X extends E>(AggregateType<?, E, ?> type, Class<X> event,
        @Nullable BiFunction<X, EventInfo, String> id, BiFunction<X, EventInfo, @Nullable T> context) {

    public SagaTrigger {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(context, "context");
    }
}
