package dev.allframe.runtime.reaction;

import dev.allframe.runtime.projection.ViewPages;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.streams.PagedSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * What a reaction reads of a span: one stream of pages, which reads on when all records of the page before were taken.
 * For one thread; pages come on another, by the consumer that is given to {@link #read}.
 */
final class ReactionPages {

    private final EventStoreBackend store;
    private final int size;
    private final Deque<StoredEvent> records = new ArrayDeque<>();
    private @Nullable Read page;
    private Span span;
    private Position readTo = Position.START;
    private @Nullable UniqueKillSwitch stream;
    private boolean streaming;

    /**
     * A page that has come.
     *
     * @param taken to be completed when its records have found room
     */
    record Read(EventPage page, CompletableFuture<Done> taken) {}

    /**
     * Nothing yet.
     *
     * @param size how many records a page has at most
     */
    ReactionPages(EventStoreBackend store, int size, Span span) {
        this.store = store;
        this.size = size;
        this.span = span;
    }

    /** Goes on with a span behind a position; the stream before has ended. */
    void begin(Span next, Position after) {
        span = next;
        readTo = after;
        records.clear();
        page = null;
    }

    Span span() {
        return span;
    }

    /** Whether a stream reads, or has not told yet that it has ended. */
    boolean isReading() {
        return streaming;
    }

    /** Whether the span is read to its end. */
    boolean isOver() {
        return span.isOverAt(readTo);
    }

    /**
     * Begins to read.
     *
     * @param come is given each page, which is to be given back to {@link #add}
     * @return completes when the stream has ended, for {@link #ended}
     */
    CompletionStage<Done> read(ActorSystem<?> system, Consumer<Read> come) {
        Pair<UniqueKillSwitch, CompletionStage<Done>> started = pages().viaMat(KillSwitches.single(), Keep.right())
                .mapAsync(1, read -> {
                    CompletableFuture<Done> taken = new CompletableFuture<>();
                    come.accept(new Read(read, taken));
                    return taken;
                })
                .toMat(Sink.ignore(), Keep.both())
                .run(system);
        stream = started.first();
        streaming = true;
        return started.second();
    }

    private Source<EventPage, NotUsed> pages() {
        StreamId one = span.stream();
        return one == null
                ? PagedSource
                        .live(() -> new ViewPages(store, span.filter(), CompletableFuture.completedFuture(readTo),
                                size),
                                store::onAppend)
                        .map(ViewPages.ReadPage::page)
                : PagedSource.live(() -> new StreamPages(store, one, readTo, size), store::onAppend);
    }

    /** A page has come; its records are there to be taken. */
    void add(Read read) {
        EventPage wanted = span.within(read.page());
        page = new Read(wanted, read.taken());
        readTo = wanted.next();
        records.addAll(wanted.events());
        if (stream != null && isOver()) {
            stream.shutdown();
        }
    }

    /** Whether there are records to be taken. */
    boolean hasNext() {
        return !records.isEmpty();
    }

    /** Takes the next record. */
    StoredEvent next() {
        return records.remove();
    }

    /** Where the page ends of which all records were taken, once for each: the stream reads on. Null where none is. */
    @Nullable Position whole() {
        Read read = page;
        if (read == null || hasNext()) {
            return null;
        }
        page = null;
        read.taken().complete(Done.getInstance());
        return read.page().next();
    }

    /** The stream has ended. */
    void ended() {
        streaming = false;
        stream = null;
    }

    /** Ends the stream, and drops what was not taken. */
    void end() {
        records.clear();
        Read left = page;
        page = null;
        if (left != null) {
            left.taken().complete(Done.getInstance());
        }
        if (stream != null) {
            stream.shutdown();
        }
    }
}
