package dev.allframe.journal.allsource.engine.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
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

/** The file system of this machine. */
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
        try {
            return new RealFile(FileChannel.open(file, options));
        } catch (IOException failure) {
            throw NoSpaceException.where(failure);
        }
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
                createDirectory(next);
                Path parent = next.getParent();
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
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException failure) {
            throw NoSpaceException.where(failure);
        }
    }

    @Override
    public boolean isFileSystem() {
        return true;
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
        Path key = file.toRealPath();
        if (!LOCKED.add(key)) {
            return null;
        }
        Closeable lock = null;
        try {
            lock = lock(key);
        } finally {
            if (lock == null) {
                LOCKED.remove(key);
            }
        }
        return lock;
    }

    private static @Nullable Closeable lock(Path key) throws IOException {
        FileChannel channel = FileChannel.open(key, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
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

    private record RealFile(FileChannel channel) implements DiskFile {

        /**
         * The JDK keeps a direct buffer as large as the largest heap buffer that a thread ever used, so larger ones go
         * through in slices.
         */
        private static final int SLICE_BYTES = 1 << 20;

        @Override
        public void write(ByteBuffer bytes, long offset) throws IOException {
            long at = offset;
            int end = bytes.limit();
            try {
                while (bytes.position() < end) {
                    bytes.limit(slice(bytes, end));
                    at += channel.write(bytes, at);
                }
            } catch (IOException failure) {
                throw NoSpaceException.where(failure);
            } finally {
                bytes.limit(end);
            }
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            int total = 0;
            int end = into.limit();
            try {
                while (into.position() < end) {
                    into.limit(slice(into, end));
                    int count = channel.read(into, offset + total);
                    if (count < 0) {
                        break;
                    }
                    total += count;
                }
            } finally {
                into.limit(end);
            }
            return total;
        }

        private static int slice(ByteBuffer buffer, int end) {
            return buffer.isDirect() ? end : Math.min(end, buffer.position() + SLICE_BYTES);
        }

        @Override
        public void force() throws IOException {
            try {
                channel.force(false);
            } catch (IOException failure) {
                throw NoSpaceException.where(failure);
            }
        }

        @Override
        public void truncate(long length) throws IOException {
            channel.truncate(length);
        }

        @Override
        public long length() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
