package dev.allframe.runtime.reaction;

import dev.allframe.runtime.reaction.ReactionPositions.Parked;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a reaction that wait because an effect failed, and the one among them that is being tried again: its
 * events are read from the store, from the first that waits on, until none is left that was passed over. For one
 * thread.
 */
final class ParkedStreams {

    private static final int MAX_REASON = 1_000;

    private final Map<StreamId, Parked> waiting = new HashMap<>();
    private final Deque<StreamId> toRetry = new ArrayDeque<>();
    private @Nullable StreamId retried;
    private boolean reading;
    private boolean passedMore;
    private int underWay;
    private long changes;

    ParkedStreams(List<Parked> stored) {
        stored.forEach(parked -> waiting.put(new StreamId(parked.stream()), parked));
    }

    boolean contains(StreamId stream) {
        return waiting.containsKey(stream);
    }

    Collection<Parked> all() {
        return waiting.values();
    }

    /** Rises with each change, so that what is stored can be compared. */
    long changes() {
        return changes;
    }

    /** The stream of a record waits from this record on; where it was being tried again, that ends. */
    void park(StoredEvent record, Instant since, String reason) {
        waiting.put(record.stream(), new Parked(record.stream().value(), record.sequenceNr(), since,
                reason.substring(0, Math.min(MAX_REASON, reason.length()))));
        changes++;
        if (record.stream().equals(retried)) {
            retried = null;
            underWay = 0;
        }
    }

    /** A record of a stream that waits was read, and is left to a retry. */
    void passOver(StoredEvent record) {
        if (record.stream().equals(retried)) {
            passedMore = true;
        }
    }

    /**
     * Tries all streams again, one after the other: also the one that is being tried again, if that fails, since the
     * attempt under way may have begun before what was mended.
     */
    void retryAll() {
        toRetry.clear();
        toRetry.addAll(waiting.keySet());
    }

    /** Whether streams are left to be tried again, or one is being tried. */
    boolean retrying() {
        return retried != null || !toRetry.isEmpty();
    }

    /** From where a stream is to be read on, which counts as being read from then on; null for none. */
    @Nullable Parked nextToRead() {
        if (reading || underWay > 0) {
            return null;
        }
        while (retried == null && !toRetry.isEmpty()) {
            StreamId next = toRetry.remove();
            retried = waiting.containsKey(next) ? next : null;
        }
        if (retried == null) {
            return null;
        }
        reading = true;
        passedMore = false;
        return waiting.get(retried);
    }

    /** Reading has failed. */
    void notRead() {
        reading = false;
    }

    /**
     * Records of the stream that is tried again were read: all, or a page of them, that the reaction has passed over
     * before the reading began.
     *
     * @param wanted how many of them have an effect, which is under way from then on
     */
    void read(List<StoredEvent> records, int wanted) {
        reading = false;
        underWay = wanted;
        if (records.isEmpty()) {
            if (!passedMore && retried != null) {
                waiting.remove(retried);
                retried = null;
                changes++;
            }
        } else if (wanted == 0) {
            finish(records.getLast());
            underWay = 0;
        }
    }

    /** A record of the stream that is tried again has had its effect. */
    void finish(StoredEvent record) {
        underWay--;
        waiting.computeIfPresent(record.stream(), (stream, parked) -> new Parked(parked.stream(),
                record.sequenceNr() + 1, parked.since(), parked.reason()));
        changes++;
    }
}
