package dev.allframe.journal.allsource.engine.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file system as the engine uses it. Everything that the engine itself stores goes through this interface, so that
 * a test can forget what was not forced, fail a call or flip a bit. (RocksDB's files do not.)
 *
 * <p>What was written is on disk for certain only after {@link DiskFile#force()} of the file and, for its name,
 * {@link #forceDirectory} of its directory. Thread-safe. Methods throw {@link NoSpaceException} where there is no room,
 * and any other {@link IOException} where the disk fails.
 */
public interface Disk {

    /** Creates an empty file for reading and writing; fails if it exists. */
    DiskFile create(Path file) throws IOException;

    /** Opens a file that exists, for reading and writing. */
    DiskFile open(Path file) throws IOException;

    /** Opens a file that exists, for reading alone. */
    DiskFile openReadOnly(Path file) throws IOException;

    /** Gives a file another name in the same directory, atomically, replacing what had that name. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file, or a directory of this machine that is empty; fails if it does not exist. */
    void delete(Path file) throws IOException;

    boolean exists(Path file);

    /** The files and directories in a directory, sorted by name; none where it does not exist. */
    List<Path> list(Path directory) throws IOException;

    /** Creates a directory and those above it where they are missing, and forces their names. */
    void createDirectories(Path directory) throws IOException;

    /** Makes the names in a directory durable: creations, renames and deletions up to now. */
    void forceDirectory(Path directory) throws IOException;

    /** Whether this is the file system of this machine, so that what RocksDB has written is found through it. */
    default boolean isFileSystem() {
        return false;
    }

    /** Whether what is stored outlives this process. */
    default boolean isLasting() {
        return true;
    }

    /**
     * Where a path leads: absolute, and without links and {@code ..}. What does not exist is taken by its names. For
     * comparing paths; files are opened by the path that was given.
     */
    default Path real(Path path) throws IOException {
        return path.toAbsolutePath().normalize();
    }

    /** Bytes that can still be stored. */
    long usableBytes(Path directory) throws IOException;

    /**
     * Takes a lock that this process or another may hold, creating the file where it is missing.
     *
     * @return the lock, to be closed; null where somebody holds it
     */
    @Nullable Closeable tryLock(Path file) throws IOException;

    /**
     * Takes a lock of a file without writing anything, for a disk that takes no writes. Keeps out whoever calls
     * {@link #tryLock}. A file that is missing is not locked.
     *
     * @return the lock, to be closed; null where somebody holds the lock
     */
    default @Nullable Closeable tryLockToRead(Path file) throws IOException {
        return tryLock(file);
    }

    /** Whether a file or directory may be written; false on a read-only file system and without the permission. */
    default boolean isWritable(Path path) {
        return true;
    }
}
