package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Tables in RocksDB, one column family each. Nothing goes through RocksDB's own log; a flush writes all tables or none.
 *
 * <p>RocksDB may flush by itself when its buffers are full, and compacts in the background with few threads. Closing flushes nothing.
 *
 * <h2>Threads</h2> The lock {@code use} is held for reading during each call into RocksDB, and for writing by {@link #close}, so that no call meets a closed
 * store, which would end the process. Cursors and views that are still open are closed with the store.
 */
public final class RocksKeyValues implements KeyValues {

    private static final String TEMPORARY = ".tmp";

    /** Room for what a flush writes beside the tables' contents: manifest, indexes and filters. */
    private static final long SPARE_BYTES = 1 << 20;

    private final Path directory;
    private final RocksSettings settings;
    private final RocksDB db;
    private final Map<Table, ColumnFamilyHandle> families = new EnumMap<>(Table.class);
    private final List<ColumnFamilyHandle> handles;
    private final ReadOptions reading = new ReadOptions();
    private final WriteOptions writing = new WriteOptions().setDisableWAL(true);
    private final FlushOptions flushing = new FlushOptions().setWaitForFlush(true);

    private final StampedLock use = new StampedLock();
    private final Set<Native> open = ConcurrentHashMap.newKeySet();
    private boolean closed; // guarded by use
    private volatile @Nullable StoreFailedException failed;

    private RocksKeyValues(Path directory, RocksSettings settings, RocksDB db, List<ColumnFamilyHandle> handles,
            Set<Table> tables) {
        this.directory = directory;
        this.settings = settings;
        this.db = db;
        this.handles = handles;
        int at = 1; // behind the default family, which is empty
        for (Table table : tables) {
            families.put(table, handles.get(at++));
        }
    }

    /** As {@link #createEmpty}, and opens them. */
    public static RocksKeyValues create(Path directory, Set<Table> tables, RocksMemory memory) {
        createEmpty(directory, tables, memory);
        return open(directory, tables, memory);
    }

    /**
     * Creates empty tables. They stand under their name when this returns, or not at all: what a crash leaves is another name, which is replaced the next time.
     *
     * @param directory which does not exist yet, or is empty
     */
    public static void createEmpty(Path directory, Set<Table> tables, RocksMemory memory) {
        Path begun = directory.resolveSibling(directory.getFileName() + TEMPORARY);
        try {
            deleteTree(begun);
            Files.createDirectories(begun);
            RocksKeyValues empty = open(begun, tables, memory, true);
            try {
                empty.flush();
            } finally {
                empty.close();
            }
            forceAll(begun);
            Files.move(begun, directory, StandardCopyOption.ATOMIC_MOVE);
            force(directory.toAbsolutePath().getParent());
        } catch (AtomicMoveNotSupportedException unsupported) {
            throw new StoreFailedException("directory=" + directory + ": cannot be renamed", unsupported);
        } catch (IOException failure) {
            throw new StoreFailedException("directory=" + directory + ": cannot be created", failure);
        }
    }

    /**
     * Opens tables that exist.
     *
     * @throws CorruptStoreException if something of them is missing or damaged
     * @throws UnsupportedFormatException if there are tables that are not asked for
     * @throws dev.allframe.store.StoreLockedException if they are open elsewhere
     */
    public static RocksKeyValues open(Path directory, Set<Table> tables, RocksMemory memory) {
        return open(directory, tables, memory, false);
    }

    /**
     * Opens tables that exist for reading alone, which changes no file. Whatever writes is refused. Where a power loss has torn the manifest, what is read are
     * links in a directory {@code <name>.trial.tmp} beside the tables, which is deleted with the next opening.
     *
     * @throws CorruptStoreException if something of them is missing or damaged
     * @throws UnsupportedFormatException if there are tables that are not asked for
     */
    public static RocksKeyValues openReadOnly(Path directory, Set<Table> tables, RocksMemory memory) {
        Path whole = withoutTornManifest(directory, tables);
        if (whole.equals(directory)) {
            checkTables(directory, tables);
            checkFlushed(directory, tables);
        }
        RocksSettings settings = new RocksSettings(memory, false);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = RocksDB.openReadOnly(settings.database(), whole.toString(),
                    descriptors(tables, settings.family()), handles);
            return new RocksKeyValues(whole, settings, db, handles, tables);
        } catch (RocksDBException failure) {
            settings.close();
            throw RocksFailures.opening(directory, failure);
        }
    }

    private static RocksKeyValues open(Path directory, Set<Table> tables, RocksMemory memory, boolean create) {
        if (!create) {
            cutTornManifest(directory, tables);
            checkTables(directory, tables);
            checkFlushed(directory, tables);
        }
        RocksSettings settings = new RocksSettings(memory, create);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = RocksDB.open(settings.database(), directory.toString(), descriptors(tables, settings.family()),
                    handles);
            return new RocksKeyValues(directory, settings, db, handles, tables);
        } catch (RocksDBException failure) {
            settings.close();
            throw RocksFailures.opening(directory, failure);
        }
    }

    /** Cuts what a power loss has torn from the end of the manifest. */
    private static void cutTornManifest(Path directory, Set<Table> tables) {
        Path whole = withoutTornManifest(directory, tables);
        if (!whole.equals(directory)) {
            try {
                deleteTree(whole);
                RocksManifest.of(directory).cut();
            } catch (IOException failure) {
                throw new StoreFailedException("directory=" + directory + ": the manifest cannot be cut", failure);
            }
        }
    }

    /**
     * A power loss may leave any part of what RocksDB wrote to its manifest after the last force. Where the records before a bad one have all that was
     * flushed, the rest was never relied upon. Nobody else may have the tables open: whoever opens them holds the store's lock.
     *
     * @return the directory, or where its manifest is torn another one beside it, of links and copies, with a manifest that ends before the bad record
     * @throws CorruptStoreException if the records before a bad one have less; nothing was changed
     */
    private static Path withoutTornManifest(Path directory, Set<Table> tables) {
        RocksManifest manifest = RocksManifest.of(directory);
        CorruptStoreException damage = manifest.damage();
        Path trial = directory.resolveSibling(directory.getFileName() + ".trial" + TEMPORARY);
        try {
            deleteTree(trial);
            if (damage == null) {
                return directory;
            }
            copyWholeRecords(manifest, directory, Files.createDirectory(trial));
            checkTables(trial, tables);
            checkFlushed(trial, tables);
            return trial;
        } catch (IOException | EventStoreException failed) {
            if (damage == null) {
                throw new StoreFailedException("directory=" + trial + " cannot be deleted", failed);
            }
            damage.addSuppressed(failed);
            deleteQuietly(trial, damage);
            throw damage;
        }
    }

    private static void deleteQuietly(Path tree, Exception because) {
        try {
            deleteTree(tree);
        } catch (IOException failure) {
            because.addSuppressed(failure);
        }
    }

    private static void copyWholeRecords(RocksManifest manifest, Path directory, Path copy) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".sst")) {
                    Files.createLink(copy.resolve(name), file);
                } else if (name.equals("CURRENT") || name.equals(FlushWitness.NAME)) {
                    Files.copy(file, copy.resolve(name));
                }
            }
        }
        byte[] whole = Arrays.copyOf(Files.readAllBytes(manifest.file()), manifest.wholeBytes());
        Files.write(copy.resolve(manifest.file().getFileName()), whole);
    }

    private static void checkTables(Path directory, Set<Table> tables) {
        Set<String> there = new TreeSet<>();
        try (Options options = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(options, directory.toString())) {
                there.add(new String(name, StandardCharsets.UTF_8));
            }
        } catch (RocksDBException failure) {
            throw RocksFailures.opening(directory, failure);
        }
        there.remove("default");
        for (Table table : tables) {
            if (!there.remove(table.stored())) {
                throw new CorruptStoreException("directory=" + directory + ": table " + table.stored() + " is missing");
            }
        }
        if (!there.isEmpty()) {
            throw new UnsupportedFormatException(
                    "directory=" + directory + ": has tables that this version does not know: "
                            + there);
        }
    }

    /** Opens for reading alone, which deletes nothing, and compares with what is known to be on disk. */
    private static void checkFlushed(Path directory, Set<Table> tables) {
        long known = FlushWitness.read(directory);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (DBOptions options = new DBOptions().setMaxOpenFiles(1);
                ColumnFamilyOptions family = new ColumnFamilyOptions();
                RocksDB db = RocksDB.openReadOnly(options, directory.toString(), descriptors(tables, family),
                        handles)) {
            long there = db.getLatestSequenceNumber();
            handles.forEach(ColumnFamilyHandle::close);
            if (there < known) {
                throw new CorruptStoreException("directory=" + directory + ": the manifest ends at change " + there
                        + ", and change " + known + " had been flushed");
            }
        } catch (RocksDBException failure) {
            throw RocksFailures.opening(directory, failure);
        }
    }

    private static List<ColumnFamilyDescriptor> descriptors(Set<Table> tables, ColumnFamilyOptions family) {
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, family));
        for (Table table : tables) {
            descriptors.add(new ColumnFamilyDescriptor(name(table), family));
        }
        return descriptors;
    }

    private static byte[] name(Table table) {
        return table.stored().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte @Nullable [] get(Table table, byte[] key) {
        return get(table, reading, key);
    }

    private byte @Nullable [] get(Table table, ReadOptions options, byte[] key) {
        long stamp = begin();
        try {
            return db.get(family(table), options, key);
        } catch (RocksDBException failure) {
            throw RocksFailures.using(directory, failure);
        } finally {
            use.unlockRead(stamp);
        }
    }

    @Override
    public List<byte @Nullable []> getAll(Table table, List<byte[]> keys) {
        return getAll(table, reading, keys);
    }

    private List<byte @Nullable []> getAll(Table table, ReadOptions options, List<byte[]> keys) {
        long stamp = begin();
        try {
            List<byte @Nullable []> values = new ArrayList<>(keys.size());
            if (!keys.isEmpty()) { // RocksDB does not take none
                values.addAll(db.multiGetAsList(options, Collections.nCopies(keys.size(), family(table)), keys));
            }
            return values;
        } catch (RocksDBException failure) {
            throw RocksFailures.using(directory, failure);
        } finally {
            use.unlockRead(stamp);
        }
    }

    @Override
    public Cursor cursor(Table table, KeyRange range) {
        return cursor(table, range, false, null);
    }

    @Override
    public Cursor cursorBackwards(Table table, KeyRange range) {
        return cursor(table, range, true, null);
    }

    private Cursor cursor(Table table, KeyRange range, boolean backwards, @Nullable Snapshot snapshot) {
        long stamp = begin();
        try {
            return new RocksCursor(family(table), range, backwards, snapshot);
        } finally {
            use.unlockRead(stamp);
        }
    }

    @Override
    public View view() {
        long stamp = begin();
        try {
            return new RocksView();
        } finally {
            use.unlockRead(stamp);
        }
    }

    @Override
    public void write(Batch batch) {
        long stamp = begin();
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
            use.unlockRead(stamp);
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
     * Asks for room before RocksDB does: where a flush of its own finds none, it takes nothing more until there is room for a whole write buffer, for which it
     * looks every five seconds.
     */
    void flush(long usableBytes) {
        long stamp = begin();
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
            throw new StoreFullException("directory=" + directory + ": " + full.getMessage());
        } catch (IOException failure) {
            throw failing(new StoreFailedException("directory=" + directory + ": a flush failed", failure));
        } finally {
            use.unlockRead(stamp);
        }
    }

    @Override
    public void checkpoint(Path copy) {
        long stamp = begin();
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
            use.unlockRead(stamp);
        }
    }

    @Override
    public void verify() {
        long stamp = begin();
        try {
            db.verifyChecksum();
        } catch (RocksDBException failure) {
            throw RocksFailures.using(directory, failure);
        } finally {
            use.unlockRead(stamp);
        }
    }

    @Override
    public KeyValuesStats stats() {
        long stamp = begin();
        try {
            return new KeyValuesStats(db.getAggregatedLongProperty("rocksdb.total-sst-files-size"),
                    db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables"));
        } catch (RocksDBException failure) {
            throw RocksFailures.using(directory, failure);
        } finally {
            use.unlockRead(stamp);
        }
    }

    @Override
    public void close() {
        long stamp = use.writeLock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            open.forEach(Native::release);
            open.clear();
            handles.forEach(ColumnFamilyHandle::close);
            db.close();
            flushing.close();
            writing.close();
            reading.close();
            settings.close();
        } finally {
            use.unlockWrite(stamp);
        }
    }

    /** Cursors and views that are not closed. */
    int openNatives() {
        return open.size();
    }

    private long begin() {
        long stamp = use.readLock();
        if (closed) {
            use.unlockRead(stamp);
            throw new StoreClosedException(directory.toString());
        }
        return stamp;
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

    private ColumnFamilyHandle family(Table table) {
        ColumnFamilyHandle family = families.get(table);
        if (family == null) {
            throw new IllegalArgumentException("no table " + table + " in " + directory);
        }
        return family;
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.list(tree)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(tree);
    }

    private static void forceAll(Path tree) throws IOException {
        try (Stream<Path> files = Files.list(tree)) {
            for (Path file : files.toList()) {
                force(file);
            }
        }
        force(tree);
    }

    private static void force(@Nullable Path path) throws IOException {
        if (path != null) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** What must be released before the store. */
    private interface Native {

        /** Called once. */
        void release();
    }

    /** Ends a cursor or view unless the store's end has done so. */
    private void end(Native finished) {
        long stamp = use.readLock();
        try {
            if (open.remove(finished)) {
                finished.release();
            }
        } finally {
            use.unlockRead(stamp);
        }
    }

    /** Walks with RocksDB's iterator, which sees the contents of the moment in which it was made. */
    private final class RocksCursor implements Cursor, Native {

        private final @Nullable Slice lower;
        private final @Nullable Slice upper;
        private final ReadOptions options;
        private final RocksIterator iterator;
        private final boolean backwards;
        private boolean begun;
        private boolean ended;

        RocksCursor(ColumnFamilyHandle family, KeyRange range, boolean backwards, @Nullable Snapshot snapshot) {
            this.backwards = backwards;
            this.ended = range.isEmpty();
            byte[] from = range.from();
            byte[] until = range.until();
            lower = from == null || ended ? null : new Slice(from);
            upper = until == null || ended ? null : new Slice(until);
            options = new ReadOptions();
            if (lower != null) {
                options.setIterateLowerBound(lower);
            }
            if (upper != null) {
                options.setIterateUpperBound(upper);
            }
            if (snapshot != null) {
                options.setSnapshot(snapshot);
            }
            iterator = db.newIterator(family, options);
            open.add(this);
        }

        @Override
        public boolean next() {
            if (ended) {
                return false;
            }
            long stamp = begin();
            try {
                move();
                begun = true;
                if (iterator.isValid()) {
                    return true;
                }
                ended = true;
                iterator.status();
                return false;
            } catch (RocksDBException failure) {
                throw RocksFailures.using(directory, failure);
            } finally {
                use.unlockRead(stamp);
            }
        }

        private void move() {
            if (backwards) {
                if (begun) {
                    iterator.prev();
                } else {
                    iterator.seekToLast();
                }
            } else if (begun) {
                iterator.next();
            } else {
                iterator.seekToFirst();
            }
        }

        @Override
        public byte[] key() {
            long stamp = begin();
            try {
                refuseIfEnded();
                return iterator.key();
            } finally {
                use.unlockRead(stamp);
            }
        }

        @Override
        public byte[] value() {
            long stamp = begin();
            try {
                refuseIfEnded();
                return iterator.value();
            } finally {
                use.unlockRead(stamp);
            }
        }

        private void refuseIfEnded() {
            if (ended || !begun) {
                throw new NoSuchElementException("the cursor is at no entry");
            }
        }

        @Override
        public void close() {
            end(this);
        }

        @Override
        public void release() {
            ended = true;
            iterator.close();
            options.close();
            if (upper != null) {
                upper.close();
            }
            if (lower != null) {
                lower.close();
            }
        }
    }

    /** Reads from a snapshot of RocksDB. */
    private final class RocksView implements View, Native {

        private final Snapshot snapshot = db.getSnapshot();
        private final ReadOptions options = new ReadOptions().setSnapshot(snapshot);

        private volatile boolean released;

        RocksView() {
            open.add(this);
        }

        private void refuseIfReleased() {
            if (released) {
                throw new StoreClosedException("view of " + directory);
            }
        }

        @Override
        public byte @Nullable [] get(Table table, byte[] key) {
            refuseIfReleased();
            return RocksKeyValues.this.get(table, options, key);
        }

        @Override
        public List<byte @Nullable []> getAll(Table table, List<byte[]> keys) {
            refuseIfReleased();
            return RocksKeyValues.this.getAll(table, options, keys);
        }

        @Override
        public Cursor cursor(Table table, KeyRange range) {
            refuseIfReleased();
            return RocksKeyValues.this.cursor(table, range, false, snapshot);
        }

        @Override
        public Cursor cursorBackwards(Table table, KeyRange range) {
            refuseIfReleased();
            return RocksKeyValues.this.cursor(table, range, true, snapshot);
        }

        @Override
        public void close() {
            end(this);
        }

        @Override
        public void release() {
            released = true;
            options.close();
            db.releaseSnapshot(snapshot);
            snapshot.close();
        }
    }
}
