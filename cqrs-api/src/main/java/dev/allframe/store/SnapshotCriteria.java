package dev.allframe.store;

import java.time.Instant;
import java.util.Objects;

/**
 * Which snapshots of a stream are meant; all bounds are included.
 *
 * @param minSequenceNr the lowest sequence number
 * @param maxSequenceNr the highest sequence number
 * @param minTimestamp the earliest time
 * @param maxTimestamp the latest time
 */
public record SnapshotCriteria(long minSequenceNr, long maxSequenceNr, Instant minTimestamp, Instant maxTimestamp) {

    public SnapshotCriteria {
        Objects.requireNonNull(minTimestamp, "minTimestamp");
        Objects.requireNonNull(maxTimestamp, "maxTimestamp");
    }

    /** All of them. */
    public static SnapshotCriteria all() {
        return new SnapshotCriteria(0, Long.MAX_VALUE, Instant.MIN, Instant.MAX);
    }

    /** Those of states up to a sequence number. */
    public static SnapshotCriteria upTo(long sequenceNr) {
        return new SnapshotCriteria(0, sequenceNr, Instant.MIN, Instant.MAX);
    }

    /** The one with a sequence number. */
    public static SnapshotCriteria exactly(long sequenceNr) {
        return new SnapshotCriteria(sequenceNr, sequenceNr, Instant.MIN, Instant.MAX);
    }

    /** Whether a snapshot is meant. */
    public boolean matches(Snapshot snapshot) {
        return minSequenceNr <= snapshot.sequenceNr() && snapshot.sequenceNr() <= maxSequenceNr
                && !snapshot.timestamp().isBefore(minTimestamp)
                && !snapshot.timestamp().isAfter(maxTimestamp);
    }
}
