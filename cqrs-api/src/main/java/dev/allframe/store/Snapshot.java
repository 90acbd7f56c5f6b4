package dev.allframe.store;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of a stream after one of its records.
 *
 * @param stream whose state
 * @param sequenceNr the last record that the state contains; 0 for a state before the first
 * @param timestamp when it was taken; kept to the millisecond
 * @param payload the state
 * @param metadata opaque metadata of the saver; null without any
 */
public record Snapshot(StreamId stream, long sequenceNr, Instant timestamp, Payload payload,
        @Nullable Payload metadata) {

    public Snapshot {
        if (sequenceNr < 0) {
            throw new IllegalArgumentException(
                    "stream=" + stream + ": a sequence number is 0 or more, not " + sequenceNr);
        }
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(payload, "payload");
        timestamp = Times.toMillis(timestamp);
    }
}
