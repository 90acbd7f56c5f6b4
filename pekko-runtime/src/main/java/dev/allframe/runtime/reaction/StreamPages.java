package dev.allframe.runtime.reaction;

import dev.allframe.store.EventPage;
import dev.allframe.store.EventReader;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.streams.Pages;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Reads one stream, without looking at others, in pages as those of the whole store. */
final class StreamPages implements Pages<EventPage> {

    private final EventReader reader;
    private final StreamId stream;
    private final int size;
    private Position after;
    private long next = 1;

    /** The records behind a position. */
    StreamPages(EventReader reader, StreamId stream, Position after, int size) {
        this.reader = reader;
        this.stream = stream;
        this.after = after;
        this.size = size;
    }

    @Override
    public CompletionStage<Page<EventPage>> next() {
        return reader.getEvents(stream, next, Long.MAX_VALUE, size).thenApply(records -> {
            List<StoredEvent> behind = records.stream()
                    .filter(record -> record.position().compareTo(after) > 0)
                    .toList();
            if (!records.isEmpty()) {
                next = records.getLast().sequenceNr() + 1;
            }
            after = behind.isEmpty() ? after : behind.getLast().position();
            return new Page<>(List.of(new EventPage(behind, after, records.isEmpty())),
                    records.isEmpty() ? Then.WAIT : Then.READ_ON);
        });
    }
}
