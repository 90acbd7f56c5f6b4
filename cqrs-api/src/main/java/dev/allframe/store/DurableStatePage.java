package dev.allframe.store;

import java.util.List;

/**
 * A piece of the changes of durable states, in position order. Of each id only the last change is kept.
 *
 * @param changes what was wanted, possibly none even before the end
 * @param next where to go on; behind the position that was asked for, unless the page is at the end
 * @param atEnd whether nothing had changed behind {@code next} when the page was read
 */
public record DurableStatePage(List<DurableState> changes, Position next, boolean atEnd) {

    public DurableStatePage {
        changes = List.copyOf(changes);
    }
}
