package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.wal.Durability;
import dev.allframe.journal.allsource.engine.wal.WalConfig;
import java.time.Duration;
import java.util.List;

/**
 * The engine's numbers.
 *
 * @param log how the log is kept
 * @param tailBytes the tail segment is ended when the log's segment has this many bytes
 * @param tailEvents the tail segment is ended when it has this many events
 * @param maxUnsealed so many ended tail segments may wait to be sealed; then appends wait
 * @param groupBytes a group is written when it has this many bytes of payload
 * @param maxRecordBytes the largest record, as {@link dev.allframe.store.Append#largestRecordBytes()} counts
 * @param cacheBytes of memory for decompressed segments
 * @param rowFileBytes of row files that are kept; of older segments the Parquet file is read
 * @param readThreads how many reads of files run at once
 * @param sealAfter the tail segment is ended when its oldest entry is so old
 * @param quiet so long nothing must have been sealed before segments are merged and Parquet files written
 * @param retention which events are not kept for ever
 */
public record EngineConfig(WalConfig log, long tailBytes, int tailEvents, int maxUnsealed, long groupBytes,
        int maxRecordBytes, long cacheBytes, long rowFileBytes, int readThreads, Duration sealAfter, Duration quiet,
        List<RetentionRule> retention) {

    public EngineConfig {
        retention = List.copyOf(retention);
    }

    /** Keeps all events for ever. */
    public EngineConfig(WalConfig log, long tailBytes, int tailEvents, int maxUnsealed, long groupBytes,
            int maxRecordBytes, long cacheBytes, long rowFileBytes, int readThreads, Duration sealAfter,
            Duration quiet) {
        this(log, tailBytes, tailEvents, maxUnsealed, groupBytes, maxRecordBytes, cacheBytes, rowFileBytes, readThreads,
                sealAfter, quiet, List.of());
    }

    /** Whether the log has on disk all that was ever applied. */
    boolean forcesEach() {
        return log.durability() instanceof Durability.Fsync;
    }
}
