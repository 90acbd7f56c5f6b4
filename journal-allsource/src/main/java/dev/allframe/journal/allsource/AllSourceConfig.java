package dev.allframe.journal.allsource;

import dev.allframe.journal.allsource.engine.wal.Durability;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a store is kept. Immutable; every {@code with} method returns a changed copy.
 *
 * @param directory where; null for a store in memory
 * @param durability what an acknowledgement promises; {@link Durability#fsync()} unless changed
 * @param maxRecordBytes the largest record, as {@link dev.allframe.store.Append#largestRecordBytes()} counts, 1 byte to 32 MiB; 8 MiB unless changed
 * @param memoryBytes what tail, caches and buffers may take together, 64 MiB or more; 256 MiB unless changed
 * @param rowFileBytes what the row files may take on disk, about, 0 or more; 2 GiB unless changed. They hold the newest events a second time, for fast reads of
 *        single streams; of older events the Parquet files are read
 */
public record AllSourceConfig(@Nullable Path directory, Durability durability, int maxRecordBytes, long memoryBytes,
        long rowFileBytes) {

    private static final int DEFAULT_MAX_RECORD_BYTES = 8 << 20;
    private static final int MAX_RECORD_BYTES = 32 << 20;
    private static final long DEFAULT_MEMORY_BYTES = 256L << 20;
    private static final long LEAST_MEMORY_BYTES = 64L << 20;
    private static final long DEFAULT_ROW_FILE_BYTES = 2L << 30;

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
    }

    /** A store in a directory, which is created where it is missing. */
    public static AllSourceConfig in(Path directory) {
        return new AllSourceConfig(Objects.requireNonNull(directory, "directory"), Durability.fsync(),
                DEFAULT_MAX_RECORD_BYTES, DEFAULT_MEMORY_BYTES, DEFAULT_ROW_FILE_BYTES);
    }

    /** A store in memory, which is gone when it is closed: the same engine, without a disk. */
    public static AllSourceConfig inMemory() {
        return new AllSourceConfig(null, Durability.os(), DEFAULT_MAX_RECORD_BYTES, DEFAULT_MEMORY_BYTES,
                DEFAULT_ROW_FILE_BYTES);
    }

    public AllSourceConfig withDurability(Durability changed) {
        return new AllSourceConfig(directory, changed, maxRecordBytes, memoryBytes, rowFileBytes);
    }

    public AllSourceConfig withMaxRecordBytes(int changed) {
        return new AllSourceConfig(directory, durability, changed, memoryBytes, rowFileBytes);
    }

    public AllSourceConfig withMemoryBytes(long changed) {
        return new AllSourceConfig(directory, durability, maxRecordBytes, changed, rowFileBytes);
    }

    public AllSourceConfig withRowFileBytes(long changed) {
        return new AllSourceConfig(directory, durability, maxRecordBytes, memoryBytes, changed);
    }
}
