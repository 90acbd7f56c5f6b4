package dev.allframe.journal.allsource.engine.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Files in this process's memory, gone with it: for tests and for stores that need not last. Forcing does nothing. */
public final class MemoryDisk implements Disk {

    /** Guarded by this. Directories are not kept apart: each path that begins with one is in it. */
    private final NavigableMap<Path, MemoryBytes> files = new TreeMap<>();
    private final Set<Path> directories = new HashSet<>();
    private final Set<Path> locked = new HashSet<>();

    @Override
    public synchronized DiskFile create(Path file) throws IOException {
        MemoryBytes bytes = new MemoryBytes();
        if (files.putIfAbsent(file, bytes) != null) {
            throw new FileAlreadyExistsException(file.toString());
        }
        return new MemoryFile(bytes, true);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new MemoryFile(existing(file), true);
    }

    @Override
    public DiskFile openReadOnly(Path file) throws IOException {
        return new MemoryFile(existing(file), false);
    }

    private synchronized MemoryBytes existing(Path file) throws NoSuchFileException {
        MemoryBytes bytes = files.get(file);
        if (bytes == null) {
            throw new NoSuchFileException(file.toString());
        }
        return bytes;
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        MemoryBytes bytes = existing(from);
        files.remove(from);
        files.put(to, bytes);
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        existing(file);
        files.remove(file);
    }

    @Override
    public synchronized boolean exists(Path file) {
        return files.containsKey(file) || directories.contains(file);
    }

    @Override
    public synchronized List<Path> list(Path directory) {
        Set<Path> inside = new HashSet<>();
        for (Path path : files.keySet()) {
            if (directory.equals(path.getParent())) {
                inside.add(path);
            }
        }
        for (Path path : directories) {
            if (directory.equals(path.getParent())) {
                inside.add(path);
            }
        }
        return inside.stream().sorted().toList();
    }

    @Override
    public synchronized void createDirectories(Path directory) {
        for (Path at = directory; at != null; at = at.getParent()) {
            directories.add(at);
        }
    }

    @Override
    public void forceDirectory(Path directory) {}

    @Override
    public boolean isLasting() {
        return false;
    }

    /** What the heap can still take. */
    @Override
    public long usableBytes(Path directory) {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }

    @Override
    public @Nullable synchronized Closeable tryLock(Path file) {
        if (!locked.add(file)) {
            return null;
        }
        files.computeIfAbsent(file, absent -> new MemoryBytes());
        return () -> unlock(file);
    }

    private synchronized void unlock(Path file) {
        locked.remove(file);
    }

    private static final class MemoryFile implements DiskFile {

        private final MemoryBytes bytes;
        private final boolean writable;
        private volatile boolean closed;

        MemoryFile(MemoryBytes bytes, boolean writable) {
            this.bytes = bytes;
            this.writable = writable;
        }

        private MemoryBytes opened() throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
            return bytes;
        }

        private MemoryBytes writable() throws IOException {
            if (!writable) {
                throw new IOException("opened for reading alone");
            }
            return opened();
        }

        @Override
        public void write(ByteBuffer from, long offset) throws IOException {
            writable().write(from, offset);
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            return opened().read(into, offset);
        }

        @Override
        public void force() throws IOException {
            opened();
        }

        @Override
        public void truncate(long length) throws IOException {
            writable().truncate(length);
        }

        @Override
        public long length() throws IOException {
            return opened().length();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
