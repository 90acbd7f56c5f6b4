package dev.allframe.journal.plugin;

import dev.allframe.store.DurableState;
import dev.allframe.store.DurableStateStore;
import dev.allframe.store.Position;
import dev.allframe.streams.Pages;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** The cursor over changes of durable states. */
final class StatePages implements Pages<DurableState> {

    private final DurableStateStore store;
    private final Predicate<DurableState> wanted;
    private final int size;
    private final Then atEnd;
    private Position after;

    private StatePages(DurableStateStore store, Predicate<DurableState> wanted, Position after, int size, Then atEnd) {
        this.store = store;
        this.wanted = wanted;
        this.after = after;
        this.size = size;
        this.atEnd = atEnd;
    }

    /** The last changes behind a position, up to the end that is found. */
    static Pages<DurableState> current(DurableStateStore store, Predicate<DurableState> wanted, Position after,
            int size) {
        return new StatePages(store, wanted, after, size, Then.COMPLETE);
    }

    /** The changes behind a position. */
    static Pages<DurableState> live(DurableStateStore store, Predicate<DurableState> wanted, Position after, int size) {
        return new StatePages(store, wanted, after, size, Then.WAIT);
    }

    @Override
    public CompletionStage<Page<DurableState>> next() {
        return store.getStateChanges(wanted, after, size).thenApply(page -> {
            after = page.next();
            return new Page<>(page.changes(), page.atEnd() ? atEnd : Then.READ_ON);
        });
    }
}
