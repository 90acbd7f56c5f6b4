package dev.allframe.store;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param tiers where the events are
 * @param writes how the writer is doing
 * @param changesRefused why no changes are taken; null where they are
 */
public record BackendStats(String storeId, String durability, long events, long streams, long snapshots, long states,
        long bytes,
        long capacityEvents, Tiers tiers, Writes writes, @Nullable ChangesRefused changesRefused) {

    /** The counters of a backend that has one tier and writes at once. */
    public BackendStats(String storeId, String durability, long events, long streams, long snapshots, long states,
            long bytes, long capacityEvents) {
        this(storeId, durability, events, streams, snapshots, states, bytes, capacityEvents, Tiers.NONE, Writes.NONE,
                null);
    }

    /** The counters of a backend that takes changes. */
    public BackendStats(String storeId, String durability, long events, long streams, long snapshots, long states,
            long bytes, long capacityEvents, Tiers tiers, Writes writes) {
        this(storeId, durability, events, streams, snapshots, states, bytes, capacityEvents, tiers, writes, null);
    }

    /** The same counters, with why no changes are taken; null where they are. */
    public BackendStats withChangesRefused(@Nullable ChangesRefused refused) {
        return new BackendStats(storeId, durability, events, streams, snapshots, states, bytes, capacityEvents, tiers,
                writes, refused);
    }

    /**
     * Where a store has its events.
     *
     * @param segments sealed segments
     * @param unsealedEvents events that are in no segment yet, which opening the store has to read again
     * @param bytes the bytes of each tier under its name, such as {@code log}, {@code rows}, {@code parquet}; a byte of
     *         an event counts in each tier that has it
     */
    public record Tiers(int segments, long unsealedEvents, Map<String, Long> bytes) {

        /** Of a backend that has no tiers. */
        public static final Tiers NONE = new Tiers(0, 0, Map.of());

        public Tiers {
            bytes = Map.copyOf(bytes);
        }
    }

    /**
     * How a store's writer has done since the store was opened.
     *
     * @param queued requests that wait for the writer now
     * @param forces how many times the log was forced to disk for a group of requests
     * @param forceMedian half of the forces took no longer
     * @param forceP99 99 of 100 took no longer
     * @param forceMax the longest
     */
    public record Writes(long queued, long forces, Duration forceMedian, Duration forceP99, Duration forceMax) {

        /** Of a backend that forces nothing. */
        public static final Writes NONE = new Writes(0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }
}
