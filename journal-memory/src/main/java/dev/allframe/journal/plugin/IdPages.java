package dev.allframe.journal.plugin;

import dev.allframe.store.EventFilter;
import dev.allframe.store.EventReader;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.streams.Pages;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The cursors over ids of streams and of durable states. */
final class IdPages {

    private IdPages() {}

    /** How a page of ids is read: those behind an id, null for the beginning. */
    @FunctionalInterface
    interface Reader {
        CompletionStage<List<StreamId>> read(@Nullable StreamId after, int limit);
    }

    /** The ids behind one, in order, not more than the limit. */
    static Pages<String> current(Reader reader, @Nullable StreamId after, long limit, int size) {
        return new Current(reader, after, limit, size);
    }

    /**
     * The ids that there are, and then those of new streams. Keeps the ids that it has given in memory: a stream that
     * is new at a position cannot be told from one whose first records are deleted otherwise.
     */
    static Pages<String> live(EventReader reader, int size) {
        return new Live(reader, size);
    }

    private static final class Current implements Pages<String> {
        private final Reader reader;
        private final int size;
        private @Nullable StreamId after;
        private long remaining;

        Current(Reader reader, @Nullable StreamId after, long limit, int size) {
            this.reader = reader;
            this.after = after;
            this.remaining = limit;
            this.size = size;
        }

        @Override
        public CompletionStage<Page<String>> next() {
            int most = (int) Math.min(remaining, size);
            if (most <= 0) {
                return CompletableFuture.completedFuture(new Page<>(List.of(), Then.COMPLETE));
            }
            return reader.read(after, most).thenApply(found -> {
                remaining -= found.size();
                if (!found.isEmpty()) {
                    after = found.getLast();
                }
                boolean more = !found.isEmpty() && remaining > 0;
                return new Page<>(found.stream().map(StreamId::value).toList(), more ? Then.READ_ON : Then.COMPLETE);
            });
        }
    }

    /** Notes the position, lists what is there, and then follows the store from the noted position. */
    private static final class Live implements Pages<String> {
        private final EventReader reader;
        private final int size;
        private final Set<String> given = new HashSet<>();
        private final Pages<String> listed;
        private boolean listing = true;
        private @Nullable Position position;

        Live(EventReader reader, int size) {
            this.reader = reader;
            this.size = size;
            this.listed = current(reader::getStreams, null, Long.MAX_VALUE, size);
        }

        @Override
        public CompletionStage<Page<String>> next() {
            Position known = position;
            if (known == null) {
                return reader.lastPosition().thenCompose(last -> {
                    position = last;
                    return next();
                });
            }
            return listing ? listed.next().thenApply(this::listed) : follow(known);
        }

        private Page<String> listed(Page<String> page) {
            given.addAll(page.elements());
            listing = page.then() == Then.READ_ON;
            return new Page<>(page.elements(), Then.READ_ON);
        }

        private CompletionStage<Page<String>> follow(Position after) {
            return reader.getAllEvents(EventFilter.all(), after, size).thenApply(page -> {
                position = page.next();
                List<String> fresh = new ArrayList<>();
                page.events().forEach(event -> {
                    if (given.add(event.stream().value())) {
                        fresh.add(event.stream().value());
                    }
                });
                return new Page<>(fresh, page.atEnd() ? Then.WAIT : Then.READ_ON);
            });
        }
    }
}
