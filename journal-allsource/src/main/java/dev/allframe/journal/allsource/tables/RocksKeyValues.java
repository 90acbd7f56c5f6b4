package dev.allframe.journal.allsource.tables;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Tables in RocksDB, one column family each. Nothing goes through RocksDB's own log; a flush writes all tables or none.
 *
 * <p>RocksDB may flush by itself when its buffers are full, and compacts in the background with few threads. Closing
 * flushes nothing.
 *
 * <h2>Threads</h2> Any; see {@link RocksUse}. {@link RocksOpening} opens, {@link RocksCursor} and {@link RocksView}
 * read on.
 */
public final class RocksKeyValues implements KeyValues {

    /** Room for what a flush writes beside the tables' contents: manifest, indexes and filters. */
    private static final long SPARE_BYTES = 1 << 20;

    private final Path directory;
    private final RocksSettings settings;
    private final RocksDB db;
    private final Map<TableName, ColumnFamilyHandle> families = new HashMap<>();
    private final List<ColumnFamilyHandle> handles;
    private final ReadOptions reading = new ReadOptions();
    private final WriteOptions writing = new WriteOptions().setDisableWAL(true);
    private final FlushOptions flushing = new FlushOptions().setWaitForFlush(true);

    private final RocksUse use;
    private volatile @Nullable StoreFailedException failed;

    RocksKeyValues(Path directory, RocksSettings settings, RocksDB db, List<ColumnFamilyHandle> handles,
            Set<? extends TableName> tables) {
        this.directory = directory;
        this.use = new RocksUse(directory);
        this.settings = settings;
        this.db = db;
        this.handles = handles;
        int at = 1; // behind the default family, which is empty
        for (TableName table : tables) {
            families.put(table, handles.get(at++));
        }
    }

    /** As {@link #createEmpty}, and opens them. */
    public static RocksKeyValues create(Path directory, Set<? extends TableName> tables, RocksMemory memory) {
        createEmpty(directory, tables, memory);
        return open(directory, tables, memory);
    }

    /**
     * Creates empty tables. They stand under their name when this returns, or not at all: what a crash leaves is
     * another name, which is replaced the next time.
     *
     * @param directory which does not exist yet, or is empty
     */
    public static void createEmpty(Path directory, Set<? extends TableName> tables, RocksMemory memory) {
        new RocksOpening(tables, memory).createEmpty(directory);
    }

    /**
     * Opens tables that exist.
     *
     * @throws CorruptStoreException if something of them is missing or damaged
     * @throws UnsupportedFormatException if there are tables that are not asked for
     * @throws dev.allframe.store.StoreLockedException if they are open elsewhere
     */
    public static RocksKeyValues open(Path directory, Set<? extends TableName> tables, RocksMemory memory) {
        return new RocksOpening(tables, memory).open(directory);
    }

    /**
     * Opens tables that exist for reading alone, which changes no file. Whatever writes is refused. Where a power loss
     * has torn the manifest, what is read are links in a directory {@code <name>.trial.tmp} beside the tables, which is
     * deleted with the next opening.
     *
     * @throws CorruptStoreException if something of them is missing or damaged
     * @throws UnsupportedFormatException if there are tables that are not asked for
     */
    public static RocksKeyValues openReadOnly(Path directory, Set<? extends TableName> tables, RocksMemory memory) {
        return new RocksOpening(tables, memory).openReadOnly(directory);
    }

    @Override
    public byte @Nullable [] get(TableName table, byte[] key) {
        return get(table, reading, key);
    }

    byte @Nullable [] get(TableName table, ReadOptions options, byte[] key) {
        long stamp = use.begin();
        try {
            return db.get(family(table), options, key);
        } catch (RocksDBException failure) {
            throw RocksFailures.using(directory, failure);
        } finally {
            use.end(stamp);
        }
    }

    @Override
    public List<byte @Nullable []> getAll(TableName table, List<byte[]> keys) {
        return getAll(table, reading, keys);
    }

    /**
     * RocksDB says of many keys at once neither that a value was not there nor that it could not be read, but gives
     * nothing; so each of these is asked for by itself, which tells.
     */
    List<byte @Nullable []> getAll(TableName table, ReadOptions options, List<byte[]> keys) {
        long stamp = use.begin();
        try {
            List<byte @Nullable []> values = new ArrayList<>(keys.size());
            if (!keys.isEmpty()) { // RocksDB does not take none
                ColumnFamilyHandle family = family(table);
                values.addAll(db.multiGetAsList(options, Collections.nCopies(keys.size(), family), keys));
                for (int i = 0; i < values.size(); i++) {
                    if (values.get(i) == null) {
                        values.set(i, db.get(family, options, keys.get(i)));
                    }
                }
            }
            return values;
        } catch (RocksDBException failure) {
            throw RocksFailures.using(directory, failure);
        } finally {
            use.end(stamp);
        }
    }

    @Override
    public Cursor cursor(TableName table, KeyRange range) {
        return cursor(table, range, false, null);
    }

    @Override
    public Cursor cursorBackwards(TableName table, KeyRange range) {
        return cursor(table, range, true, null);
    }

    Cursor cursor(TableName table, KeyRange range, boolean backwards, @Nullable Snapshot snapshot) {
        long stamp = use.begin();
        try {
            return new RocksCursor(db, use, directory, family(table), range, backwards, snapshot);
        } finally {
            use.end(stamp);
        }
    }

    @Override
    public TablesView view() {
        long stamp = use.begin();
        try {
            return new RocksView(this, db, use, directory);
        } finally {
            use.end(stamp);
        }
    }

    @Override
    public void write(Batch batch) {
        long stamp = use.begin();
        try (WriteBatch changes = new WriteBatch()) {
            refuseIfFailed();
            for (Batch.Change change : batch.changes()) {
                ColumnFamilyHandle family = family(change.table());
                byte[] value = change.value();
                if (value == null) {
                    changes.delete(family, change.key());
                } else {
                    changes.put(family, change.key(), value);
                }
            }
            db.write(writing, changes);
        } catch (RocksDBException failure) {
            throw changing(failure);
        } finally {
            use.end(stamp);
        }
    }

    @Override
    public void flush() {
        long usableBytes;
        try {
            usableBytes = Files.getFileStore(directory).getUsableSpace();
        } catch (IOException failure) {
            throw failing(new StoreFailedException("directory=" + directory + ": a flush failed", failure));
        }
        flush(usableBytes);
    }

    /**
     * Asks for room before RocksDB does: where a flush of its own finds none, it takes nothing more until there is room
     * for a whole write buffer, for which it looks every five seconds.
     */
    void flush(long usableBytes) {
        long stamp = use.begin();
        try {
            refuseIfFailed();
            long needed = db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables") + SPARE_BYTES;
            if (usableBytes < needed) {
                throw new StoreFullException("directory=" + directory + ": a flush needs " + needed + " bytes, and "
                        + usableBytes + " are free");
            }
            long sequenceNumber = db.getLatestSequenceNumber();
            db.flush(flushing, handles);
            FlushWitness.write(directory, sequenceNumber);
        } catch (RocksDBException failure) {
            throw changing(failure);
        } catch (NoSpaceException full) { // the tables are on disk, and the file says less than there is
            throw new StoreFullException("directory=" + directory + ": " + Failures.message(full));
        } catch (IOException failure) {
            throw failing(new StoreFailedException("directory=" + directory + ": a flush failed", failure));
        } finally {
            use.end(stamp);
        }
    }

    @Override
    public void checkpoint(Path copy) {
        long stamp = use.begin();
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            refuseIfFailed();
            long sequenceNumber = db.getLatestSequenceNumber();
            checkpoint.createCheckpoint(copy.toString());
            FlushWitness.write(copy, sequenceNumber);
        } catch (RocksDBException failure) {
            throw RocksFailures.using(directory, failure);
        } catch (IOException failure) {
            throw new StoreFailedException("directory=" + copy + ": a copy failed", failure);
        } finally {
            use.end(stamp);
        }
    }

    @Override
    public void verify() {
        long stamp = use.begin();
        try {
            db.verifyChecksum();
        } catch (RocksDBException failure) {
            throw RocksFailures.using(directory, failure);
        } finally {
            use.end(stamp);
        }
    }

    @Override
    public KeyValuesStats stats() {
        long stamp = use.begin();
        try {
            return new KeyValuesStats(db.getAggregatedLongProperty("rocksdb.total-sst-files-size"),
                    db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables"));
        } catch (RocksDBException failure) {
            throw RocksFailures.using(directory, failure);
        } finally {
            use.end(stamp);
        }
    }

    @Override
    public void close() {
        use.close(() -> {
            handles.forEach(ColumnFamilyHandle::close);
            db.close();
            flushing.close();
            writing.close();
            reading.close();
            settings.close();
        });
    }

    /** How many cursors and views are not closed. */
    public int openNatives() {
        return use.open();
    }

    private void refuseIfFailed() {
        StoreFailedException before = failed;
        if (before != null) {
            throw new StoreFailedException("directory=" + directory + ": failed before, and takes nothing more",
                    before);
        }
    }

    /** After a failure other than a full disk nothing is taken any more. */
    private EventStoreException changing(RocksDBException failure) {
        EventStoreException meaning = RocksFailures.using(directory, failure);
        return meaning instanceof StoreFailedException failing ? failing(failing) : meaning;
    }

    private StoreFailedException failing(StoreFailedException failure) {
        failed = failure;
        return failure;
    }

    private ColumnFamilyHandle family(TableName table) {
        ColumnFamilyHandle family = families.get(table);
        if (family == null) {
            throw new IllegalArgumentException("no table " + table + " in " + directory);
        }
        return family;
    }
}
