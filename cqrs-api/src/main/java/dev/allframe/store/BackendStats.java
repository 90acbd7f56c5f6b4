package dev.allframe.store;

/**
 * Counters of a backend, each correct for some moment during the call.
 *
 * @param storeId which store
 * @param durability what an acknowledgement promises: {@code none} for memory
 * @param events records that can be read
 * @param streams streams that ever had a record
 * @param snapshots snapshots kept
 * @param states durable states that are not deleted
 * @param bytes payload bytes of all that is kept
 * @param capacityEvents the limit on records; {@link Long#MAX_VALUE} without one
 */
public record BackendStats(String storeId, String durability, long events, long streams, long snapshots, long states,
        long bytes,
        long capacityEvents) {}
