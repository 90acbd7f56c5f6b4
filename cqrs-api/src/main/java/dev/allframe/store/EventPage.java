package dev.allframe.store;

import java.util.List;

/**
 * A piece of the store in position order.
 *
 * @param events what the filter wanted, possibly none even before the end
 * @param next where to go on: everything up to it has been looked at; behind the position that was asked for, unless
 *         the page is at the end
 * @param atEnd whether nothing was stored behind {@code next} when the page was read
 */
public record EventPage(List<StoredEvent> events, Position next, boolean atEnd) {

    public EventPage {
        events = List.copyOf(events);
    }
}
