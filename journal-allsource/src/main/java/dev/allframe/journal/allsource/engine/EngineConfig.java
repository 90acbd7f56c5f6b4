package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.contents.TailLimits;
import dev.allframe.journal.allsource.engine.upkeep.RetentionRule;
import dev.allframe.journal.allsource.engine.wal.WalConfig;
import dev.allframe.journal.allsource.engine.write.WriteLimits;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The engine's numbers. Immutable; every {@code with} method returns a changed copy. */
public final class EngineConfig {

    private WalConfig log = WalConfig.defaults();
    private long tailBytes = 16 << 20;
    private int tailEvents = 65_536;
    private int maxUnsealed = 2;
    private long groupBytes = 4 << 20;
    private long waitingBytes = 32L << 20;
    private int maxRecordBytes = 8 << 20;
    private long cacheBytes = 64 << 20;
    private long rowFileBytes = 2L << 30;
    private int readThreads = 2;
    private Duration sealAfter = Duration.ofMinutes(5);
    private Duration quiet = Duration.ofSeconds(1);
    private List<RetentionRule> retention = List.of();

    private EngineConfig() {}

    /** What each number is unless changed. */
    public static EngineConfig defaults() {
        return new EngineConfig();
    }

    private EngineConfig changed(Consumer<EngineConfig> change) {
        EngineConfig copy = new EngineConfig();
        copy.log = log;
        copy.tailBytes = tailBytes;
        copy.tailEvents = tailEvents;
        copy.maxUnsealed = maxUnsealed;
        copy.groupBytes = groupBytes;
        copy.waitingBytes = waitingBytes;
        copy.maxRecordBytes = maxRecordBytes;
        copy.cacheBytes = cacheBytes;
        copy.rowFileBytes = rowFileBytes;
        copy.readThreads = readThreads;
        copy.sealAfter = sealAfter;
        copy.quiet = quiet;
        copy.retention = retention;
        change.accept(copy);
        return copy;
    }

    /** How the log is kept. */
    public EngineConfig withLog(WalConfig value) {
        return changed(config -> config.log = value);
    }

    /** The tail segment is ended when its entries have this many bytes in the log; 16 MiB unless changed. */
    public EngineConfig withTailBytes(long value) {
        return changed(config -> config.tailBytes = value);
    }

    /** The tail segment is ended when it has this many events; 65,536 unless changed. */
    public EngineConfig withTailEvents(int value) {
        return changed(config -> config.tailEvents = value);
    }

    /** So many ended tail segments may wait to be sealed; then appends wait; 2 unless changed. */
    public EngineConfig withMaxUnsealed(int value) {
        return changed(config -> config.maxUnsealed = value);
    }

    /** A group is written when it has this many bytes of payload; 4 MiB unless changed. */
    public EngineConfig withGroupBytes(long value) {
        return changed(config -> config.groupBytes = value);
    }

    /**
     * So many bytes may wait for the writer before appends are refused as overload, besides groups of a journal; 32 MiB
     * unless changed.
     */
    public EngineConfig withWaitingBytes(long value) {
        return changed(config -> config.waitingBytes = value);
    }

    /** The largest record, as {@link dev.allframe.store.Append#largestRecordBytes()} counts; 8 MiB unless changed. */
    public EngineConfig withMaxRecordBytes(int value) {
        return changed(config -> config.maxRecordBytes = value);
    }

    /**
     * Bytes of memory for decompressed segments, besides two that a scan reads, and blocks of segments; 64 MiB unless
     * changed.
     */
    public EngineConfig withCacheBytes(long value) {
        return changed(config -> config.cacheBytes = value);
    }

    /** Bytes of row files that are kept; of older segments the Parquet file is read; 2 GiB unless changed. */
    public EngineConfig withRowFileBytes(long value) {
        return changed(config -> config.rowFileBytes = value);
    }

    /** How many reads of files run at once, besides pages of all events; 2 unless changed. */
    public EngineConfig withReadThreads(int value) {
        return changed(config -> config.readThreads = value);
    }

    /** The tail segment is ended when its oldest entry is so old; 5 minutes unless changed. */
    public EngineConfig withSealAfter(Duration value) {
        return changed(config -> config.sealAfter = value);
    }

    /**
     * So long the store must have had little to do before segments are merged and Parquet files written; 1 s unless
     * changed.
     */
    public EngineConfig withQuiet(Duration value) {
        return changed(config -> config.quiet = value);
    }

    /** Which events are not kept for ever; none unless changed. */
    public EngineConfig withRetention(List<RetentionRule> value) {
        List<RetentionRule> rules = List.copyOf(value);
        return changed(config -> config.retention = rules);
    }

    WalConfig log() {
        return log;
    }

    TailLimits tailLimits() {
        return new TailLimits(tailBytes, tailEvents);
    }

    WriteLimits writeLimits() {
        return new WriteLimits(maxRecordBytes, log.maxRecordBytes(), groupBytes, waitingBytes, tailLimits(),
                sealAfter);
    }

    int maxUnsealed() {
        return maxUnsealed;
    }

    long cacheBytes() {
        return cacheBytes;
    }

    long rowFileBytes() {
        return rowFileBytes;
    }

    int readThreads() {
        return readThreads;
    }

    Duration quiet() {
        return quiet;
    }

    List<RetentionRule> retention() {
        return retention;
    }
}
