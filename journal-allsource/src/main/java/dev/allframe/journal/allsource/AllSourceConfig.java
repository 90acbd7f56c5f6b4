package dev.allframe.journal.allsource;

import dev.allframe.journal.allsource.engine.upkeep.RetentionRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a store is kept. Immutable; every {@code with} method returns a changed copy.
 *
 * @param directory where; null for a store in memory
 * @param maxRecordBytes the largest record, as {@link dev.allframe.store.Append#largestRecordBytes()} counts, 1 byte to
 *         32 MiB; 8 MiB unless changed
 * @param memoryBytes what tail, caches and buffers may take together, 64 MiB or more; 256 MiB unless changed
 * @param rowFileBytes what the row files may take on disk, about, 0 or more; 2 GiB unless changed. They hold the newest
 *        events a second time, for fast reads of single streams; of older events the Parquet files are read
 * @param sealAfter how long an event may wait for enough others to be sealed with, 1 ms or more; 5 minutes unless
 *        changed. Until then only the store itself can read it, not a tool that reads Parquet files
 * @param retention which events are not kept for ever; none unless changed
 */
public record AllSourceConfig(@Nullable Path directory, int maxRecordBytes, long memoryBytes,
        long rowFileBytes, Duration sealAfter, List<RetentionRule> retention) {

    private static final int DEFAULT_MAX_RECORD_BYTES = 8 << 20;
    private static final int MAX_RECORD_BYTES = 32 << 20;
    private static final long DEFAULT_MEMORY_BYTES = 256L << 20;
    private static final long LEAST_MEMORY_BYTES = 64L << 20;
    private static final long DEFAULT_ROW_FILE_BYTES = 2L << 30;
    private static final Duration DEFAULT_SEAL_AFTER = Duration.ofMinutes(5);
    private static final Duration LEAST_SEAL_AFTER = Duration.ofMillis(1);
    private static final Duration MOST_SEAL_AFTER = Duration.ofDays(365);

    public AllSourceConfig {
        if (maxRecordBytes < 1 || maxRecordBytes > MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("the largest record has from 1 to " + MAX_RECORD_BYTES + " bytes, not "
                    + maxRecordBytes);
        }
        if (memoryBytes < LEAST_MEMORY_BYTES) {
            throw new IllegalArgumentException("a store needs " + LEAST_MEMORY_BYTES + " bytes of memory or more, not "
                    + memoryBytes);
        }
        if (rowFileBytes < 0) {
            throw new IllegalArgumentException("row files take 0 bytes or more, not " + rowFileBytes);
        }
        if (sealAfter.compareTo(LEAST_SEAL_AFTER) < 0 || sealAfter.compareTo(MOST_SEAL_AFTER) > 0) {
            throw new IllegalArgumentException("events are sealed after " + LEAST_SEAL_AFTER + " to " + MOST_SEAL_AFTER
                    + ", not " + sealAfter);
        }
        retention = List.copyOf(retention);
    }

    /** A store in a directory, which is created where it is missing. */
    public static AllSourceConfig in(Path directory) {
        return new AllSourceConfig(Objects.requireNonNull(directory, "directory"),
                DEFAULT_MAX_RECORD_BYTES, DEFAULT_MEMORY_BYTES, DEFAULT_ROW_FILE_BYTES, DEFAULT_SEAL_AFTER, List.of());
    }

    /** A store in memory, which is gone when it is closed: the same engine, without a disk. */
    public static AllSourceConfig inMemory() {
        return new AllSourceConfig(null, DEFAULT_MAX_RECORD_BYTES, DEFAULT_MEMORY_BYTES,
                DEFAULT_ROW_FILE_BYTES, DEFAULT_SEAL_AFTER, List.of());
    }

    public AllSourceConfig withMaxRecordBytes(int changed) {
        return new AllSourceConfig(directory, changed, memoryBytes, rowFileBytes, sealAfter,
                retention);
    }

    public AllSourceConfig withMemoryBytes(long changed) {
        return new AllSourceConfig(directory, maxRecordBytes, changed, rowFileBytes, sealAfter,
                retention);
    }

    public AllSourceConfig withRowFileBytes(long changed) {
        return new AllSourceConfig(directory, maxRecordBytes, memoryBytes, changed, sealAfter,
                retention);
    }

    public AllSourceConfig withSealAfter(Duration changed) {
        return new AllSourceConfig(directory, maxRecordBytes, memoryBytes, rowFileBytes, changed,
                retention);
    }

    public AllSourceConfig withRetention(List<RetentionRule> changed) {
        return new AllSourceConfig(directory, maxRecordBytes, memoryBytes, rowFileBytes, sealAfter,
                changed);
    }
}
