package dev.allframe.journal.allsource.engine.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The file system of this machine. Interrupts end no operation, and stay for the caller to see. */
public final class RealDisk implements Disk {

    /**
     * Files that this process has locked. POSIX drops every lock that a process has on a file when it closes any handle
     * of that file, so a second attempt must be turned away before it opens one.
     */
    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

    @Override
    public DiskFile create(Path file) throws IOException {
        return opened(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return opened(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public DiskFile openReadOnly(Path file) throws IOException {
        return opened(file, StandardOpenOption.READ);
    }

    private static DiskFile opened(Path file, StandardOpenOption... options) throws IOException {
        return RealFile.open(file, options);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw NoSpaceException.where(failure);
        }
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.delete(file);
    }

    @Override
    public boolean exists(Path file) {
        return Files.exists(file);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (NoSuchFileException missing) {
            return List.of();
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = directory.toAbsolutePath(); at != null && !Files.exists(at); at = at.getParent()) {
            missing.push(at);
        }
        try {
            for (Path next : missing) {
                Path parent = next.getParent();
                try {
                    createDirectory(next);
                } catch (NoSuchFileException takesNone) { // such as /proc
                    throw parent == null || !Files.exists(parent)
                            ? takesNone
                            : new FileSystemException(next.toString(), null,
                                    "it cannot be made, because " + parent + " takes no directories");
                }
                if (parent != null) {
                    forceDirectory(parent);
                }
            }
        } catch (IOException failure) {
            throw NoSpaceException.where(failure);
        }
    }

    private static void createDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException another) {
            if (!Files.isDirectory(directory)) {
                throw another;
            }
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (RealFile names = RealFile.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    @Override
    public boolean isFileSystem() {
        return true;
    }

    @Override
    public Path real(Path path) throws IOException {
        Path whole = path.toAbsolutePath();
        Path there = whole;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        Path real = there.toRealPath();
        int known = there.getNameCount();
        return known == whole.getNameCount()
                ? real
                : real.resolve(whole.subpath(known, whole.getNameCount())).normalize();
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    /**
     * {@inheritDoc} While the lock is held, this process must not open the file in another way: closing it would give
     * the lock away.
     */
    @Override
    public @Nullable Closeable tryLock(Path file) throws IOException {
        if (!Files.exists(file)) {
            try {
                Files.createFile(file);
            } catch (FileAlreadyExistsException another) {
                // as good as our own
            } catch (IOException failure) {
                throw NoSpaceException.where(failure);
            }
        }
        return locked(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public @Nullable Closeable tryLockToRead(Path file) throws IOException {
        return Files.exists(file) ? locked(file, StandardOpenOption.READ) : () -> {};
    }

    @Override
    public boolean isWritable(Path path) {
        return Files.isWritable(path);
    }

    private static @Nullable Closeable locked(Path file, StandardOpenOption... access) throws IOException {
        Path key = file.toRealPath();
        if (!LOCKED.add(key)) {
            return null;
        }
        Closeable lock = null;
        try {
            lock = lock(key, access);
        } finally {
            if (lock == null) {
                LOCKED.remove(key);
            }
        }
        return lock;
    }

    /** Locks a file against all others, or, where it is opened for reading alone, against all who would write. */
    private static @Nullable Closeable lock(Path key, StandardOpenOption... access) throws IOException {
        FileChannel channel = FileChannel.open(key, access);
        FileLock lock = null;
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, access.length == 1);
        } catch (OverlappingFileLockException heldThroughAnotherClassLoader) {
            return null;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock == null ? null : () -> {
            try (channel) {
                LOCKED.remove(key);
            }
        };
    }
}
