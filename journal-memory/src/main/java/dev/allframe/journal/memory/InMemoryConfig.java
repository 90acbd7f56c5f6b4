package dev.allframe.journal.memory;

import dev.allframe.store.Append;

/**
 * The limits of a store in memory.
 *
 * @param maxEvents the most records that are kept at one time; {@link Long#MAX_VALUE} for no limit
 * @param maxRecordBytes the largest record in bytes, as {@link Append#largestRecordBytes} counts it
 */
public record InMemoryConfig(long maxEvents, int maxRecordBytes) {

    /**
     * The largest record that is accepted where nothing else is said: far above any sane event, and small beside a
     * heap.
     */
    public static final int DEFAULT_MAX_RECORD_BYTES = 8 * 1024 * 1024;

    public InMemoryConfig {
        if (maxEvents < 1) {
            throw new IllegalArgumentException("a store has room for 1 record or more, not for " + maxEvents);
        }
        if (maxRecordBytes < 1) {
            throw new IllegalArgumentException("a record may have 1 byte or more, not " + maxRecordBytes);
        }
    }

    /** No limit on the number of records. */
    public static InMemoryConfig unbounded() {
        return bounded(Long.MAX_VALUE);
    }

    /** A limit on the number of records. */
    public static InMemoryConfig bounded(long maxEvents) {
        return new InMemoryConfig(maxEvents, DEFAULT_MAX_RECORD_BYTES);
    }

    /** The same with another limit on the size of one record. */
    public InMemoryConfig withMaxRecordBytes(int changed) {
        return new InMemoryConfig(maxEvents, changed);
    }
}
