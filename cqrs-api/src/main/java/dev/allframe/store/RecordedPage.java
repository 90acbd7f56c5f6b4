package dev.allframe.store;

import dev.allframe.aggregate.Event;
import java.util.List;

/**
 * A piece of a store's events in position order.
 *
 * @param events the events, possibly none even before the end
 * @param next where to go on
 * @param atEnd whether nothing was stored behind {@code next} when the page was read
 */
public record RecordedPage<E extends Event>(List<RecordedEvent<E>> events, Position next, boolean atEnd) {

    public RecordedPage {
        events = List.copyOf(events);
    }
}
