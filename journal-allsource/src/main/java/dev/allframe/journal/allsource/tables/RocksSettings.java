package dev.allframe.journal.allsource.tables;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ChecksumType;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;

/** How our stores use RocksDB. Holds native objects, closed after the store. */
final class RocksSettings implements AutoCloseable {

    /** A file is opened when it is needed, and few stay open. */
    private static final int MAX_OPEN_FILES = 256;

    /** One compacts while another flushes. */
    private static final int BACKGROUND_JOBS = 2;

    /** RocksDB's own diary, which nobody needs but when something is wrong. */
    private static final int DIARY_FILES = 2;

    private static final int DIARY_BYTES = 1 << 20;

    /** False positives: 1 in 100. */
    private static final int BLOOM_BITS = 10;

    /**
     * RocksDB takes memory for what waits to be flushed in blocks, at least one for each table that has something; its
     * own size is a mebibyte.
     */
    private static final long SMALL_ARENA_BLOCK_BYTES = 16 << 10;

    /** The size of a piece of a filter or an index, as of a block. */
    private static final int PIECE_BYTES = 4 << 10;

    private final BloomFilter bloom = new BloomFilter(BLOOM_BITS);
    private final ColumnFamilyOptions family;
    private final DBOptions database;

    RocksSettings(RocksMemory memory, boolean create) {
        BlockBasedTableConfig blocks = new BlockBasedTableConfig();
        blocks.setBlockCache(memory.cache());
        blocks.setCacheIndexAndFilterBlocks(true);
        blocks.setCacheIndexAndFilterBlocksWithHighPriority(true);
        blocks.setPinL0FilterAndIndexBlocksInCache(true);
        blocks.setFilterPolicy(bloom);
        if (memory.isForMany()) {
            // The filter of a file of a million rows is larger than the part of a small cache in which it would stand:
            // it was read again by every get. In pieces, of which a get needs one, it is kept.
            blocks.setIndexType(IndexType.kTwoLevelIndexSearch);
            blocks.setPartitionFilters(true);
            blocks.setMetadataBlockSize(PIECE_BYTES);
            blocks.setPinTopLevelIndexAndFilter(true);
        }
        blocks.setChecksumType(ChecksumType.kXXH3);
        family = new ColumnFamilyOptions();
        family.setTableFormatConfig(blocks);
        family.setWriteBufferSize(memory.writeBufferBytes());
        if (memory.isForMany()) {
            family.setArenaBlockSize(SMALL_ARENA_BLOCK_BYTES);
        }
        family.setCompressionType(CompressionType.LZ4_COMPRESSION);
        family.setBottommostCompressionType(memory.isForMany()
                ? CompressionType.LZ4_COMPRESSION // a point read of many rows decompresses a block
                : CompressionType.ZSTD_COMPRESSION);
        family.setLevelCompactionDynamicLevelBytes(true);
        database = new DBOptions();
        database.setCreateIfMissing(create);
        database.setCreateMissingColumnFamilies(create);
        database.setParanoidChecks(true);
        database.setAtomicFlush(true);
        database.setAvoidFlushDuringShutdown(true);
        database.setWriteBufferManager(memory.writeBuffers());
        database.setMaxOpenFiles(MAX_OPEN_FILES);
        database.setMaxBackgroundJobs(BACKGROUND_JOBS);
        database.setStatsDumpPeriodSec(0);
        database.setStatsPersistPeriodSec(0);
        database.setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
        database.setKeepLogFileNum(DIARY_FILES);
        database.setMaxLogFileSize(DIARY_BYTES);
    }

    ColumnFamilyOptions family() {
        return family;
    }

    DBOptions database() {
        return database;
    }

    @Override
    public void close() {
        database.close();
        family.close();
        bloom.close();
    }
}
