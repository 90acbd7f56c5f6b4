package dev.allframe.store;

/**
 * A record that is stored, with the place it has.
 *
 * @param stream the stream that holds it
 * @param sequenceNr its number in the stream, from 1, without a gap over stored records
 * @param position its place in the order of the store
 * @param writer who wrote it: the incarnation of a persistent actor, or the name of an {@link EventStore}'s user
 * @param envelope the record
 */
public record StoredEvent(StreamId stream, long sequenceNr, Position position, String writer, Envelope envelope) {}
