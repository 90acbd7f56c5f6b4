package dev.allframe.journal.allsource.engine.index;

import dev.allframe.store.DurableState;
import java.util.List;

/**
 * A piece of the changes of durable states.
 *
 * @param changes the changes, in order
 * @param atEnd whether there was no change behind them at the moment of reading
 */
public record StateChanges(List<DurableState> changes, boolean atEnd) {

    public StateChanges {
        changes = List.copyOf(changes);
    }
}
