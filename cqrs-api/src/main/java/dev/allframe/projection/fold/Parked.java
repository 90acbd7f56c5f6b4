package dev.allframe.projection.fold;

import dev.allframe.store.StreamId;
import java.time.Instant;

/**
 * A stream of which an event failed: that event and all later ones of the stream wait. Nothing of the events is kept
 * here; a retry reads them from the store.
 *
 * @param stream the stream
 * @param firstSequenceNr the first that waits
 * @param since when the event failed, on this node's clock
 * @param reason why, in words
 */
public record Parked(StreamId stream, long firstSequenceNr, Instant since, String reason) {}
