package dev.allframe.projection.fold;

import dev.allframe.store.StreamId;

/**
 * An event that a view leaves out, because somebody said so.
 *
 * @param stream its stream
 * @param sequenceNr its number there
 */
public record Skip(StreamId stream, long sequenceNr) {}
