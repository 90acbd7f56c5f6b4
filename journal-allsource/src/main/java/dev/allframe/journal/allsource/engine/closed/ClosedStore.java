package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.files.StoreFileFormat;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.files.StoreLock;
import dev.allframe.journal.allsource.engine.files.UnusableDirectoryException;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.index.Table;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.wal.WalConsumer;
import dev.allframe.journal.allsource.engine.wal.WalContents;
import dev.allframe.journal.allsource.engine.wal.WalReader;
import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.journal.allsource.tables.OverlayKeyValues;
import dev.allframe.journal.allsource.tables.RocksKeyValues;
import dev.allframe.journal.allsource.tables.RocksMemory;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoreFailedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The parts of a store that nobody changes, for tools: each is read when it is asked for, so that one that is damaged
 * does not hide the others. Either the store is not open, and this keeps its lock, so that nobody opens it meanwhile;
 * or it is open elsewhere, and this reads a {@link StoreImage}. Changes nothing but the lock's own files and the image;
 * of a store that cannot be written, nothing.
 *
 * <p>For one thread. {@link StoredContents} puts the parts together.
 */
public final class ClosedStore implements AutoCloseable {

    private static final long TABLE_BYTES = 32L << 20;

    private final Disk disk;
    private final Path origin;
    private final Path directory;
    private final Closeable lock;
    private final RocksMemory memory = new RocksMemory(TABLE_BYTES);

    private ClosedStore(Disk disk, Path origin, Path directory, Closeable lock) {
        this.disk = disk;
        this.origin = origin;
        this.directory = directory;
        this.lock = lock;
    }

    /** Whether a directory has the file that says which store it is. */
    public static boolean isStore(Disk disk, Path directory) {
        return disk.exists(directory.resolve(StoreLayout.STORE));
    }

    /**
     * Takes the lock of a store. Where the directory cannot be written, as on a read-only file system, the lock is one
     * for reading: it keeps out whoever would open the store for writing, and leaves no trace.
     *
     * @param directory for which {@link #isStore} is true
     * @param user who, in words, for the one who is refused
     * @throws dev.allframe.store.StoreLockedException if somebody has it open; says who
     * @throws StoreFailedException if the disk fails
     */
    public static ClosedStore lock(Disk disk, Path directory, String user) {
        Path absolute = directory.toAbsolutePath();
        UnusableDirectoryException.check(absolute);
        try {
            return new ClosedStore(disk, absolute, absolute, StoreLock.isWritable(disk, absolute)
                    ? StoreLock.take(disk, absolute, user)
                    : StoreLock.takeToRead(disk, absolute));
        } catch (IOException failed) {
            throw new StoreFailedException(
                    "the store in " + directory + " cannot be locked: " + Failures.message(failed),
                    failed);
        }
    }

    /**
     * A store that somebody has open, as it is at this moment: everything that was acknowledged before the call is in
     * it. The owner is not held up and needs not to know. Its files are linked or copied into a directory in the
     * store's, and deleted when this is closed.
     *
     * @param directory for which {@link #isStore} is true, on a file system of this machine that has hard links
     * @param user who, in words
     * @throws StoreFailedException if the disk fails, or the store changes too fast
     */
    public static ClosedStore beside(Disk disk, Path directory, String user) {
        Path absolute = directory.toAbsolutePath();
        UnusableDirectoryException.check(absolute);
        try {
            StoreImage image = StoreImage.take(disk, absolute, user);
            return new ClosedStore(disk, absolute, image.directory(), image);
        } catch (IOException failed) {
            throw new StoreFailedException("the store in " + directory + " cannot be read beside its owner: "
                    + Failures.message(failed), failed);
        }
    }

    /** The id in the identity file, which may be read whoever has the store open. */
    public static UUID storeId(Disk disk, Path directory) throws IOException {
        return StoreFileFormat.read(disk, directory);
    }

    /**
     * The manifest of this moment, which may be read whoever has the store open; an empty one where there is nothing
     * but the identity.
     */
    public static Manifest manifest(Disk disk, Path directory, UUID storeId) throws IOException {
        Optional<Manifest> there = Manifest.load(disk, directory, storeId);
        if (there.isEmpty() && !(disk.list(directory.resolve(StoreLayout.SEGMENTS)).isEmpty()
                && disk.list(directory.resolve(StoreLayout.LOG)).isEmpty())) {
            throw new CorruptStoreException("file=" + directory.resolve(StoreLayout.MANIFEST)
                    + ": is missing, where events are");
        }
        return there.orElseGet(() -> Manifest.empty(storeId));
    }

    Disk disk() {
        return disk;
    }

    /** Where its files are that are read. */
    public Path directory() {
        return directory;
    }

    /** The store's own directory, another one where it is read beside its owner. */
    public Path origin() {
        return origin;
    }

    /** The directory of the log's segments. */
    public Path logDirectory() {
        return directory.resolve(StoreLayout.LOG);
    }

    /** The directory of the sealed segments' files. */
    public Path segmentDirectory() {
        return directory.resolve(StoreLayout.SEGMENTS);
    }

    /** As {@link #storeId(Disk, Path)}. */
    public UUID storeId() throws IOException {
        return storeId(disk, directory);
    }

    /** As {@link #manifest(Disk, Path, UUID)}. */
    public Manifest manifest() throws IOException {
        return manifest(disk, directory, storeId());
    }

    /** Reads the log behind an entry. */
    public WalContents readLog(long afterLsn, WalConsumer consumer) throws IOException {
        return WalReader.read(disk, logDirectory(), storeId(), afterLsn, consumer);
    }

    /** Reads the log from its first segment that is there. */
    public WalContents readWholeLog(WalConsumer consumer) throws IOException {
        return WalReader.readAll(disk, logDirectory(), consumer);
    }

    /**
     * The state as it is on disk. Entries of the log may be applied to what is returned; they are not kept. To be
     * closed.
     */
    public StateStore state() throws IOException {
        return state(storeId());
    }

    /** As {@link #state()}, where the identity file cannot say whose it is. */
    StateStore state(UUID owner) {
        String storeId = owner.toString();
        KeyValues tables = tables(StoreLayout.STATE, Table.STATE);
        try {
            return StateStore.open(tables, storeId);
        } catch (RuntimeException refused) {
            tables.close();
            throw refused;
        }
    }

    /** The index as it is on disk. To be closed. */
    public StreamIndex index() throws IOException {
        return index(storeId());
    }

    /** As {@link #index()}, where the identity file cannot say whose it is. */
    StreamIndex index(UUID owner) {
        String storeId = owner.toString();
        KeyValues tables = tables(StoreLayout.INDEX, Table.INDEX);
        try {
            return StreamIndex.open(tables, storeId);
        } catch (RuntimeException refused) {
            tables.close();
            throw refused;
        }
    }

    private KeyValues tables(String name, Set<Table> tables) {
        return OverlayKeyValues.over(RocksKeyValues.openReadOnly(directory.resolve(name), tables, memory));
    }

    @Override
    public void close() {
        try {
            memory.close();
            lock.close();
        } catch (IOException failed) {
            throw new StoreFailedException("the lock of " + directory + " cannot be given back: "
                    + Failures.message(failed), failed);
        }
    }
}
