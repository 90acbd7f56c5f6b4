package dev.allframe.runtime.projection;

import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventReader;
import dev.allframe.store.Position;
import dev.allframe.streams.Pages;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Reads the store a page at a time, each page one element, so that what is applied together stays together. */
final class ViewPages implements Pages<EventPage> {

    private final EventReader reader;
    private final EventFilter filter;
    private final int size;
    private Position after;

    ViewPages(EventReader reader, EventFilter filter, Position after, int size) {
        this.reader = reader;
        this.filter = filter;
        this.after = after;
        this.size = size;
    }

    @Override
    public CompletionStage<Page<EventPage>> next() {
        return reader.getAllEvents(filter, after, size).thenApply(page -> {
            after = page.next();
            return new Page<>(List.of(page), page.atEnd() ? Then.WAIT : Then.READ_ON);
        });
    }
}
