package dev.allframe.store;

/**
 * A type of events that was stored at some time.
 *
 * @param entityType what the ids of its streams begin with, {@code account}; empty where they have no bar
 * @param eventType the stored name, {@code account.deposited}
 * @param version the stored version of the shape
 */
public record StoredType(String entityType, String eventType, int version) {}
