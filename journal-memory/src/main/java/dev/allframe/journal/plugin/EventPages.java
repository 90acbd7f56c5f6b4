package dev.allframe.journal.plugin;

import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventReader;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.streams.Pages;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The cursors over events: along one stream, and along the order of the store. Records without an event are left out.
 */
final class EventPages {

    private EventPages() {}

    /** Events of one stream up to the version that it has at the first read. */
    static Pages<StoredEvent> currentOfStream(EventReader reader, StreamId stream, long from, long to, int size) {
        return new OfStream(reader, stream, from, to, size, true);
    }

    /** Events of one stream, up to a sequence number if it is ever reached. */
    static Pages<StoredEvent> liveOfStream(EventReader reader, StreamId stream, long from, long to, int size) {
        return new OfStream(reader, stream, from, to, size, false);
    }

    /** Events behind a position, up to the last that is stored at the first read. */
    static Pages<StoredEvent> current(EventReader reader, EventFilter filter, Position after, int size) {
        return new OfStore(reader, filter, after, size, true);
    }

    /** Events behind a position. */
    static Pages<StoredEvent> live(EventReader reader, EventFilter filter, Position after, int size) {
        return new OfStore(reader, filter, after, size, false);
    }

    private static List<StoredEvent> events(List<StoredEvent> records) {
        return records.stream().filter(record -> record.envelope().isEvent()).toList();
    }

    private static final class OfStream implements Pages<StoredEvent> {
        private final EventReader reader;
        private final StreamId stream;
        private final int size;
        private final boolean current;
        private long next;
        private long to;

        OfStream(EventReader reader, StreamId stream, long from, long to, int size, boolean current) {
            this.reader = reader;
            this.stream = stream;
            this.next = Math.max(1, from);
            this.to = to;
            this.size = size;
            this.current = current;
        }

        /** The version is read first: what is missing in the page below it was deleted and will not come. */
        @Override
        public CompletionStage<Page<StoredEvent>> next() {
            return reader.highestSequenceNr(stream).thenCompose(version -> {
                if (current) {
                    to = Math.min(to, version);
                }
                return next > to
                        ? CompletableFuture.completedFuture(new Page<>(List.of(), Then.COMPLETE))
                        : reader.getEvents(stream, next, to, size).thenApply(found -> page(found, version));
            });
        }

        private Page<StoredEvent> page(List<StoredEvent> found, long version) {
            if (!found.isEmpty()) {
                next = found.getLast().sequenceNr() + 1;
            }
            boolean read = found.isEmpty() || next > version; // a page may be shorter than asked for
            boolean done = next > to || (read && version >= to);
            return new Page<>(events(found), done ? Then.COMPLETE : read ? Then.WAIT : Then.READ_ON);
        }
    }

    private static final class OfStore implements Pages<StoredEvent> {
        private final EventReader reader;
        private final EventFilter filter;
        private final int size;
        private final boolean current;
        private Position after;
        private @Nullable Position end;

        OfStore(EventReader reader, EventFilter filter, Position after, int size, boolean current) {
            this.reader = reader;
            this.filter = filter;
            this.after = after;
            this.size = size;
            this.current = current;
        }

        @Override
        public CompletionStage<Page<StoredEvent>> next() {
            Position known = end;
            if (!current) {
                return read().thenApply(page -> new Page<>(events(page.events()),
                        page.atEnd() ? Then.WAIT : Then.READ_ON));
            }
            if (known != null) {
                return read().thenApply(page -> upTo(known, page));
            }
            return reader.lastPosition().thenCompose(last -> {
                end = last;
                return read().thenApply(page -> upTo(last, page));
            });
        }

        private CompletionStage<EventPage> read() {
            return reader.getAllEvents(filter, after, size).thenApply(page -> {
                after = page.next();
                return page;
            });
        }

        private static Page<StoredEvent> upTo(Position end, EventPage page) {
            boolean done = page.atEnd() || page.next().compareTo(end) >= 0;
            List<StoredEvent> wanted = page.events()
                    .stream()
                    .filter(event -> event.position().compareTo(end) <= 0)
                    .toList();
            return new Page<>(events(wanted), done ? Then.COMPLETE : Then.READ_ON);
        }
    }
}
