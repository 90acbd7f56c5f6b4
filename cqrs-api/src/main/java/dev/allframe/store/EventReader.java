package dev.allframe.store;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The reading half of a store of events: pages that the caller asks for one after the other, so that a slow reader
 * costs no memory. Callable from any thread. What is read was stored: a reader never sees a record whose append may
 * still fail, nor a part of an append. Stages fail with {@link StoreClosedException} after {@code close()}, with
 * {@link StoreOverloadedException} where too many reads wait already, and with {@link IllegalArgumentException} for a
 * limit below 1.
 *
 * <p>A page ends where the limit, {@link #MAX_PAGE} or {@link #MAX_PAGE_BYTES} is reached, whichever comes first. So a
 * page that is shorter than the limit is not the end: a list of records or ids is at its end when it is empty, and the
 * other pages say whether they are.
 *
 * <p>Records without an event ({@link Envelope#COMMAND_ONLY}) are read like all others; {@link EventStore} hides them.
 */
public interface EventReader {

    /** The most entries of a page; a caller may ask for more and gets this many. */
    int MAX_PAGE = 10_000;

    /**
     * The bytes of a page: it ends with the entry that reaches this many, counting payloads and texts. So a page has at
     * most this and one record of the largest size, and never less than one entry where there is one.
     */
    int MAX_PAGE_BYTES = 4 << 20;

    /**
     * Records of one stream in ascending order, deleted ones left out.
     *
     * @param fromSequenceNr the first wanted, included; less than 1 counts as 1
     * @param toSequenceNr the last wanted, included
     * @param limit how many at most, 1 or more
     * @return the first page of the range; empty where no record of it is there
     */
    CompletionStage<List<StoredEvent>> getEvents(StreamId stream, long fromSequenceNr, long toSequenceNr, int limit);

    /**
     * A page of one stream as {@link #getEvents} gives it, and the stream's version: all that a short stream needs, in
     * one read. Appends that have completed are counted. Of one that has not, {@link #highestSequenceNr} alone says
     * that it is counted where the same thread has called it before.
     *
     * @param fromSequenceNr the first wanted, included; less than 1 counts as 1
     * @param toSequenceNr the last wanted, included
     * @param limit how many at most, 1 or more
     */
    default CompletionStage<StreamPage> getStreamPage(StreamId stream, long fromSequenceNr, long toSequenceNr,
            int limit) {
        return highestSequenceNr(stream).thenCompose(highest -> {
            long to = Math.min(toSequenceNr, highest);
            return getEvents(stream, fromSequenceNr, to, limit).thenApply(events -> new StreamPage(events, highest));
        });
    }

    /** Records of one stream after a sequence number, in ascending order; none after {@link Long#MAX_VALUE}. */
    default CompletionStage<List<StoredEvent>> getEventsAfter(StreamId stream, long sequenceNr, int limit) {
        return sequenceNr == Long.MAX_VALUE
                ? getEvents(stream, Long.MAX_VALUE, 0, limit)
                : getEvents(stream, sequenceNr + 1, Long.MAX_VALUE, limit);
    }

    /**
     * Records of one stream in descending order, deleted ones left out.
     *
     * @param fromSequenceNr the first wanted, which is the highest, included
     * @param limit how many at most, 1 or more
     */
    CompletionStage<List<StoredEvent>> getEventsBackwards(StreamId stream, long fromSequenceNr, int limit);

    /**
     * Records of all streams in position order.
     *
     * @param filter which are wanted
     * @param after where to begin, not included: {@link Position#START} or what a page or record of this store gave
     * @param limit how many at most, 1 or more
     * @return a stage that fails with {@link ForeignPositionException} for a position of another store
     */
    CompletionStage<EventPage> getAllEvents(EventFilter filter, Position after, int limit);

    /** One record; empty where it does not exist or is deleted. */
    default CompletionStage<Optional<StoredEvent>> getEvent(StreamId stream, long sequenceNr) {
        return getEvents(stream, sequenceNr, sequenceNr, 1).thenApply(events -> events.stream().findFirst());
    }

    /**
     * The version of a stream: the highest sequence number it ever had, 0 for none. Appends called before by this
     * thread are counted.
     */
    CompletionStage<Long> highestSequenceNr(StreamId stream);

    /**
     * The position of the last record that was stored, even if it was deleted since; {@link Position#START} where there
     * never was one.
     */
    CompletionStage<Position> lastPosition();

    /**
     * The ids of streams that ever had a record, also if all were deleted, in the order of {@link StreamId#compareTo}.
     *
     * @param after where to begin, not included, whether or not it exists; null for the beginning
     * @param limit how many at most, 1 or more
     */
    CompletionStage<List<StreamId>> getStreams(@Nullable StreamId after, int limit);

    /**
     * Every type and version of events that was ever stored, also if all of them were deleted; not a scan. Records
     * without an event have none. Appends called before by this thread are counted.
     */
    CompletionStage<Set<StoredType>> getStoredTypes();

    /**
     * Calls back after new records have become readable. Several appends may share one call; none is missed by a caller
     * that registers, then reads to the end, then waits. The callback runs on a thread of the store or of an appender:
     * it sets a flag or wakes another thread, and neither blocks, throws nor calls the store. What it throws is logged.
     *
     * @throws NullPointerException that names the argument which is null
     * @throws StoreClosedException after {@code close()}
     */
    Registration onAppend(Runnable wake);

    /**
     * As {@link #onAppend(Runnable)}, for one stream alone.
     *
     * @throws NullPointerException that names the argument which is null
     * @throws StoreClosedException after {@code close()}
     */
    Registration onAppend(StreamId stream, Runnable wake);
}
