package dev.allframe.journal.allsource.engine.files;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.store.StoreLockedException;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second owner out of a directory. The lock itself is the file system's and ends with the process; beside it
 * stands who holds it, for the one who is refused.
 */
public final class StoreLock implements Closeable {

    private static final String UNKNOWN = "an owner that has not said who it is";
    private static final Logger LOG = System.getLogger(StoreLock.class.getName());

    private final Closeable lock;

    private StoreLock(Closeable lock) {
        this.lock = lock;
    }

    /**
     * Takes the lock.
     *
     * @param user who, in words, for the one who is refused
     * @throws StoreLockedException if somebody holds it
     */
    public static StoreLock take(Disk disk, Path directory, String user) throws IOException {
        StoreLock lock = held(disk, directory, disk.tryLock(directory.resolve(StoreLayout.LOCK)));
        try {
            sayWho(disk, directory, user);
        } catch (IOException unsaid) { // as on a full disk, where a store must open
            LOG.log(Level.WARNING, "the owner of " + directory + " cannot be written", unsaid);
        }
        return lock;
    }

    /**
     * Takes the lock of a directory that cannot be written, and writes nothing.
     *
     * @throws StoreLockedException if an owner holds it, who can write there
     */
    public static StoreLock takeToRead(Disk disk, Path directory) throws IOException {
        return held(disk, directory, disk.tryLockToRead(directory.resolve(StoreLayout.LOCK)));
    }

    /** Whether {@link #take} may write what it writes. */
    public static boolean isWritable(Disk disk, Path directory) {
        Path file = directory.resolve(StoreLayout.LOCK);
        return disk.isWritable(directory) && (!disk.exists(file) || disk.isWritable(file));
    }

    private static StoreLock held(Disk disk, Path directory, @Nullable Closeable lock) {
        if (lock == null) {
            throw new StoreLockedException("the store in " + directory + " is open already, by "
                    + owner(disk, directory) + "; close it there first, or use another directory");
        }
        return new StoreLock(lock);
    }

    /** Whether a file is one of the lock's. */
    public static boolean isOwn(Path file) {
        String name = file.getFileName().toString();
        return name.equals(StoreLayout.LOCK) || name.equals(StoreLayout.OWNER);
    }

    private static void sayWho(Disk disk, Path directory, String user) throws IOException {
        Path file = directory.resolve(StoreLayout.OWNER);
        if (disk.exists(file)) {
            disk.delete(file);
        }
        String text = user + ", process " + ProcessHandle.current().pid() + ", since " + Instant.now() + "\n";
        try (DiskFile out = disk.create(file)) {
            out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
        }
    }

    private static String owner(Disk disk, Path directory) {
        try (DiskFile in = disk.openReadOnly(directory.resolve(StoreLayout.OWNER))) {
            byte[] text = new byte[(int) Math.min(in.length(), 1000)];
            int length = in.read(ByteBuffer.wrap(text), 0);
            String owner = new String(text, 0, Math.max(length, 0), StandardCharsets.UTF_8).strip();
            return owner.isEmpty() ? UNKNOWN : owner;
        } catch (IOException unknown) {
            return UNKNOWN;
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
