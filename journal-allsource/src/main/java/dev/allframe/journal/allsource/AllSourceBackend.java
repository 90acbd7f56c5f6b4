package dev.allframe.journal.allsource;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.Engine;
import dev.allframe.journal.allsource.engine.EngineBackend;
import dev.allframe.journal.allsource.engine.EngineConfig;
import dev.allframe.journal.allsource.engine.files.UnusableDirectoryException;
import dev.allframe.journal.allsource.engine.index.MemoryTables;
import dev.allframe.journal.allsource.engine.index.RocksTables;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.journal.allsource.engine.wal.WalConfig;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.UnsupportedFormatException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/**
 * Opens durable event stores. An append is acknowledged when it is forced to disk; a store that is killed opens again
 * with everything that it acknowledged.
 *
 * <pre>{@code
 * try (EventStoreBackend backend = AllSourceBackend.production(Path.of("bank-data"))) {
 *   backend.append(...);
 * }
 * }</pre>
 */
public final class AllSourceBackend {

    /**
     * A burst of appends has the processors to itself so long; whoever reads Parquet files beside the store waits so
     * long.
     */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private static final int MAX_LOG_RECORD_BYTES = 128 << 20;

    private AllSourceBackend() {}

    /** A store in memory: the same engine, gone when it is closed. */
    public static EventStoreBackend inMemory() {
        return withConfig(AllSourceConfig.inMemory());
    }

    /** A store in a directory, every append forced. */
    public static EventStoreBackend production(Path directory) {
        return withConfig(AllSourceConfig.in(directory));
    }

    /**
     * A store.
     *
     * @throws dev.allframe.store.StoreLockedException if it is open already
     * @throws dev.allframe.store.CorruptStoreException if something in the directory is missing or damaged; nothing was
     *         changed
     * @throws dev.allframe.store.UnsupportedFormatException if a newer version wrote it; nothing was changed
     * @throws dev.allframe.store.StoreFailedException if the disk fails
     * @throws dev.allframe.journal.allsource.engine.files.UnusableDirectoryException if a store cannot be in a
     *         directory with this name; nothing was made
     */
    public static EventStoreBackend withConfig(AllSourceConfig config) {
        return withConfig(config, "an application");
    }

    /** As {@link #withConfig(AllSourceConfig)}; an owner who finds the store locked is told this user. */
    public static EventStoreBackend withConfig(AllSourceConfig config, String user) {
        return withConfig(config, user, new RealDisk());
    }

    /**
     * As {@link #withConfig(AllSourceConfig, String)}, with another way to the disk: one that measures, or is slow. The
     * files of RocksDB do not go through it.
     *
     * @param disk used where the configuration has a directory
     */
    public static EventStoreBackend withConfig(AllSourceConfig config, String user, Disk disk) {
        EngineConfig numbers = numbers(config);
        Path directory = config.directory();
        if (directory == null) {
            return new EngineBackend(Engine.open(new MemoryDisk(), Path.of("/store"), new MemoryTables(), numbers,
                    Clock.systemUTC(), user), "none");
        }
        Path absolute = directory.toAbsolutePath();
        if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
            throw new StoreFailedException(absolute + " is a file, and the store needs a directory",
                    new NotDirectoryException(absolute.toString()));
        }
        if (!Files.exists(absolute)) {
            UnusableDirectoryException.checkPossible(disk, absolute);
        }
        try {
            return new EngineBackend(Engine.open(disk, absolute,
                    new RocksTables(absolute, config.memoryBytes() / 4), numbers, Clock.systemUTC(), user),
                    "fsync");
        } catch (CorruptStoreException damaged) {
            throw new CorruptStoreException("the store in " + absolute + " is damaged: " + Failures.message(damaged)
                    + "; 'store verify " + absolute + "' shows all damage, and 'store salvage " + absolute
                    + " <new directory>' copies what can be read", damaged);
        } catch (UnsupportedFormatException other) {
            throw new UnsupportedFormatException("the store in " + absolute + " was written by another version of"
                    + " AllFrame: " + Failures.message(other) + "; open it with that version, or with a later one");
        }
    }

    /**
     * A quarter of the memory for RocksDB, a quarter for decompressed segments, the rest for the tail and what is in
     * flight.
     */
    private static EngineConfig numbers(AllSourceConfig config) {
        long memory = config.memoryBytes();
        int tailEvents = Math.clamp(memory / 4096, 1024, 65_536);
        long tailBytes = Math.clamp(memory / 16, 1 << 20, 16 << 20);
        WalConfig log = WalConfig.defaults()
                .withSegmentBytes((int) Math.min(2 * tailBytes, 32 << 20))
                .withMaxRecordBytes(MAX_LOG_RECORD_BYTES);
        return EngineConfig.defaults()
                .withLog(log)
                .withTailBytes(tailBytes)
                .withTailEvents(tailEvents)
                .withMaxRecordBytes(config.maxRecordBytes())
                .withWaitingBytes(memory / 8)
                .withCacheBytes(memory / 4)
                .withRowFileBytes(config.rowFileBytes())
                .withSealAfter(config.sealAfter())
                .withQuiet(QUIET)
                .withRetention(config.retention());
    }
}
