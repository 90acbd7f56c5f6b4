package dev.allframe.store;

/**
 * What an append stored.
 *
 * @param stream where
 * @param firstSequenceNr the number of its first record
 * @param lastSequenceNr the number of its last record, which is the version of the stream after it
 * @param lastPosition the position of its last record
 */
public record Appended(StreamId stream, long firstSequenceNr, long lastSequenceNr, Position lastPosition) {}
