package dev.allframe.journal.allsource.engine.log;

import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.List;

/**
 * One change of a store: everything that lasts goes through the log as such. Carries its numbers and times, so that
 * applying it again gives the same result.
 */
public sealed interface LogEntry {

    /**
     * The records of one append, all or none.
     *
     * @param stream where
     * @param writer who wrote them
     * @param firstSequenceNr the number of the first in its stream
     * @param firstPosition the position of the first in its partition
     * @param records one or more, in order
     */
    record EventsAppended(StreamId stream, String writer, long firstSequenceNr, long firstPosition,
            List<Envelope> records) implements LogEntry {

        /** The number of the last record in its stream. */
        public long lastSequenceNr() {
            return firstSequenceNr + records.size() - 1;
        }

        /** The position of the last record in its partition. */
        public long lastPosition() {
            return firstPosition + records.size() - 1;
        }

        /** The records as events of a store. */
        public List<StoredEvent> events(String storeId) {
            return events(storeId, stream);
        }

        /**
         * The records as events of a store.
         *
         * @param shared equal to the stream, and kept by other events too
         */
        public List<StoredEvent> events(String storeId, StreamId shared) {
            List<StoredEvent> events = new ArrayList<>(records.size());
            for (Envelope record : records) {
                int number = events.size();
                events.add(new StoredEvent(shared, firstSequenceNr + number,
                        new Position(storeId, 0, 0, firstPosition + number), writer, record));
            }
            return events;
        }
    }

    /**
     * The records of a stream up to a number are deleted.
     *
     * @param stream where
     * @param toSequenceNr the last deleted, never above the stream's version
     */
    record EventsDeleted(StreamId stream, long toSequenceNr) implements LogEntry {}

    /**
     * A snapshot is kept, in place of one with the same stream and sequence number.
     *
     * @param snapshot which
     */
    record SnapshotSaved(Snapshot snapshot) implements LogEntry {}

    /**
     * Snapshots of a stream are deleted; all bounds are included.
     *
     * @param stream whose
     * @param minSequenceNr the lowest sequence number
     * @param maxSequenceNr the highest
     * @param minEpochMillis the earliest time
     * @param maxEpochMillis the latest
     */
    record SnapshotsDeleted(StreamId stream, long minSequenceNr, long maxSequenceNr, long minEpochMillis,
            long maxEpochMillis) implements LogEntry {}

    /**
     * A durable state was set or deleted.
     *
     * @param state the state after the change; its position's index is the number of the change
     */
    record StateChanged(DurableState state) implements LogEntry {}
}
