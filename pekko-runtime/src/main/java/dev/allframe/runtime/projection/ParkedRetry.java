package dev.allframe.runtime.projection;

import dev.allframe.projection.fold.Parked;
import dev.allframe.projection.fold.ViewFold.Folded;
import dev.allframe.runtime.storage.StoreAnswer;
import dev.allframe.store.EventReader;
import dev.allframe.store.StoredEvent;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/** Tries the events of parked streams again, which are read from the store. Used by one piece of work at a time. */
final class ParkedRetry<K, R> {

    private static final int PAGE = 1_000;

    private final RegisteredView<K, R> view;
    private final EventReader store;
    private final BiConsumer<Generation<K, R>, Folded<K, R>> changed;

    /** @param changed is told of each write */
    ParkedRetry(RegisteredView<K, R> view, EventReader store, BiConsumer<Generation<K, R>, Folded<K, R>> changed) {
        this.view = view;
        this.store = store;
        this.changed = changed;
    }

    /** Tries all of them, as far as the generation is. Waits for the store. */
    void retry(Generation<K, R> generation) {
        for (Parked waiting : generation.fold().parked()) {
            retry(generation, waiting);
        }
    }

    private void retry(Generation<K, R> generation, Parked waiting) {
        long next = waiting.firstSequenceNr();
        boolean last = false;
        while (!last) {
            List<StoredEvent> page = StoreAnswer.of(store.getEvents(waiting.stream(), next, Long.MAX_VALUE, PAGE),
                    "events of the parked stream " + waiting.stream());
            List<StoredEvent> due = page.stream()
                    .filter(event -> event.position().compareTo(generation.fold().state().position()) <= 0)
                    .toList();
            last = page.isEmpty() || due.size() < page.size();
            if (!last) {
                next = due.getLast().sequenceNr() + 1;
            }
            Folded<K, R> tried = generation.fold()
                    .retry(waiting.stream(), view.handlers().handle(due),
                            last ? OptionalLong.empty() : OptionalLong.of(next));
            changed.accept(generation, tried);
            last |= tried.failure() != null;
        }
    }
}
