package dev.allframe.journal.allsource.engine.index;

/**
 * A type of events that was stored at some time.
 *
 * @param entityType what the streams' ids begin with; empty where they have no bar
 * @param eventType the stored name
 * @param version the stored version of the shape
 */
public record StoredType(String entityType, String eventType, int version) {}
