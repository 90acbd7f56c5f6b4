package dev.allframe.projection.fold;

import dev.allframe.store.Position;
import dev.allframe.store.StreamId;

/**
 * An event that failed, before which a view stands.
 *
 * @param stream the stream of the event
 * @param sequenceNr its number there
 * @param position its place in the store
 * @param cause what was thrown
 */
public record FoldFailure(StreamId stream, long sequenceNr, Position position, Throwable cause) {}
