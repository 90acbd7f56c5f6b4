package dev.allframe.projection.fold;

import dev.allframe.store.Position;
import java.util.List;

/**
 * A page of the store with what handlers make of it; ready to be applied.
 *
 * @param events the records that a handler wants, in position order
 * @param next everything up to here was looked at
 * @param atEnd whether nothing was stored behind when the page was read
 */
public record HandledPage<K, R>(List<HandledEvent<K, R>> events, Position next, boolean atEnd) {

    public HandledPage {
        events = List.copyOf(events);
    }
}
