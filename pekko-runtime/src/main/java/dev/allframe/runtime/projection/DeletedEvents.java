package dev.allframe.runtime.projection;

import dev.allframe.projection.ProjectionType;
import dev.allframe.runtime.storage.StoreAnswer;
import dev.allframe.store.DeletedEventsException;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which events of a store were deleted. Waits for the store. */
final class DeletedEvents {

    private static final int PAGE = 1_000;

    private final EventStoreBackend store;

    DeletedEvents(EventStoreBackend store) {
        this.store = store;
    }

    /** How many records of the store were deleted, of any stream; not a scan. */
    static long count(EventStoreBackend store, long lastIndex) {
        return lastIndex - store.stats().events();
    }

    /**
     * Looks at the streams that a view reads where the store lacks any record, and at the counts alone where not.
     *
     * @throws DeletedEventsException if a stream lacks its first records
     */
    void mustBeNoneOf(ProjectionType<?, ?> view) {
        if (count(store, StoreAnswer.of(store.lastPosition(), "its last position").index()) <= 0) {
            return;
        }
        Set<String> read = view.sources()
                .stream()
                .map(source -> source.aggregate().name())
                .collect(Collectors.toSet());
        StreamId after = null;
        List<StreamId> page;
        do {
            page = StoreAnswer.of(store.getStreams(after, PAGE), "its streams");
            page.stream()
                    .filter(stream -> read.contains(stream.entityType()))
                    .forEach(stream -> mustBeWhole(view, stream));
            after = page.isEmpty() ? after : page.getLast();
        } while (page.size() == PAGE);
    }

    private void mustBeWhole(ProjectionType<?, ?> view, StreamId stream) {
        List<StoredEvent> first = StoreAnswer.of(store.getEventsAfter(stream, 0, 1), "the first event of " + stream);
        long deleted = first.isEmpty()
                ? StoreAnswer.of(store.highestSequenceNr(stream), "the version of " + stream)
                : first.getFirst().sequenceNr() - 1;
        if (deleted > 0) {
            throw new DeletedEventsException("the first " + deleted + " records of " + stream + " were deleted, so that"
                    + " view '" + view.name() + "' cannot be folded from the beginning");
        }
    }
}
