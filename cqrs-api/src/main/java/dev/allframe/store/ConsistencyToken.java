package dev.allframe.store;

/**
 * Identifies one accepted command's last record, for queries that must have seen it. A token of another store is never
 * satisfied.
 *
 * @param storeId the store that holds the record
 * @param stream the instance
 * @param sequenceNr the record; 0 when the stream has none
 */
public record ConsistencyToken(String storeId, StreamId stream, long sequenceNr) {}
