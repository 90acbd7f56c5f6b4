package dev.allframe.runtime.projection;

import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventReader;
import dev.allframe.store.Position;
import dev.allframe.streams.Pages;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Reads the store a page at a time, each page one element, so that what is applied together stays together. */
public final class ViewPages implements Pages<ViewPages.ReadPage> {

    /**
     * A page of the store with its beginning, so that it is applied nowhere else.
     *
     * @param after the position behind which the page begins
     * @param page what was read
     */
    public record ReadPage(Position after, EventPage page) {}

    private final EventReader reader;
    private final EventFilter filter;
    private final int size;
    private CompletionStage<Position> after;

    /** Pages behind a position, which is asked for first. */
    public ViewPages(EventReader reader, EventFilter filter, CompletionStage<Position> after, int size) {
        this.reader = reader;
        this.filter = filter;
        this.after = after;
        this.size = size;
    }

    @Override
    public CompletionStage<Page<ReadPage>> next() {
        CompletionStage<ReadPage> read = after.thenCompose(
                begin -> reader.getAllEvents(filter, begin, size).thenApply(page -> new ReadPage(begin, page)));
        after = read.thenApply(page -> page.page().next());
        return read.thenApply(page -> new Page<>(List.of(page), page.page().atEnd() ? Then.WAIT : Then.READ_ON));
    }
}
