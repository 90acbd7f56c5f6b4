package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.ForwardingFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A disk of a machine whose power goes off at one of its changes: from then on nothing reaches the disk behind it and
 * every call fails. Thread-safe. Also counts the handles that are open.
 */
final class PowerCut extends ForwardingDisk {

    private long changes; // guarded by this
    private final boolean lastChangeHappens;
    private final AtomicInteger handles = new AtomicInteger();
    private long made;
    private boolean off;
    private String last = "nothing";

    /**
     * A machine that runs for so many changes.
     *
     * @param lastChangeHappens whether the change at which the power goes off has reached the disk
     */
    PowerCut(Disk disk, long changes, boolean lastChangeHappens) {
        super(disk);
        this.changes = changes;
        this.lastChangeHappens = lastChangeHappens;
    }

    /** The power goes off at one of the changes that come now. */
    synchronized void offAfter(long more) {
        changes = made + more;
    }

    synchronized boolean isOff() {
        return off;
    }

    synchronized long changesMade() {
        return made;
    }

    int openHandles() {
        return handles.get();
    }

    @Override
    public synchronized String toString() {
        return (off ? "power off at change " : "power on after change ") + made + ", " + last
                + (lastChangeHappens ? "" : ", which is lost");
    }

    private interface Call<T extends @Nullable Object> {
        T run() throws IOException;
    }

    private synchronized <T extends @Nullable Object> T read(Call<T> call) throws IOException {
        if (off) {
            throw new IOException("the power is off");
        }
        return call.run();
    }

    private synchronized <T extends @Nullable Object> T change(String what, Call<T> call) throws IOException {
        if (off) {
            throw new IOException("the power is off");
        }
        last = what;
        if (++made < changes) {
            return call.run();
        }
        off = true;
        if (lastChangeHappens) {
            call.run();
        }
        throw new IOException("the power goes off");
    }

    private DiskFile opened(Path path, DiskFile file) {
        handles.incrementAndGet();
        return new Handle(path, file);
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return opened(file, change("create " + file, () -> disk.create(file)));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return opened(file, read(() -> disk.open(file)));
    }

    @Override
    public DiskFile openReadOnly(Path file) throws IOException {
        return opened(file, read(() -> disk.openReadOnly(file)));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change("rename " + from + " to " + to, () -> {
            disk.rename(from, to);
            return null;
        });
    }

    @Override
    public void delete(Path file) throws IOException {
        change("delete " + file, () -> {
            disk.delete(file);
            return null;
        });
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return read(() -> disk.list(directory));
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        change("create directory " + directory, () -> {
            disk.createDirectories(directory);
            return null;
        });
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        change("force directory " + directory, () -> {
            disk.forceDirectory(directory);
            return null;
        });
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return read(() -> disk.usableBytes(directory));
    }

    @Override
    public @Nullable Closeable tryLock(Path file) throws IOException {
        return read(() -> disk.tryLock(file));
    }

    private final class Handle extends ForwardingFile {

        private final Path path;
        private boolean closed;

        Handle(Path path, DiskFile file) {
            super(file);
            this.path = path;
        }

        @Override
        public void write(ByteBuffer bytes, long offset) throws IOException {
            change("write " + bytes.remaining() + " bytes at " + offset + " of " + path, () -> {
                file.write(bytes, offset);
                return null;
            });
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            return PowerCut.this.read(() -> file.read(into, offset));
        }

        @Override
        public void force() throws IOException {
            change("force " + path, () -> {
                file.force();
                return null;
            });
        }

        @Override
        public void truncate(long length) throws IOException {
            change("truncate " + path, () -> {
                file.truncate(length);
                return null;
            });
        }

        @Override
        public long length() throws IOException {
            return PowerCut.this.read(file::length);
        }

        @Override
        public synchronized void close() throws IOException {
            if (!closed) {
                closed = true;
                handles.decrementAndGet();
                file.close();
            }
        }
    }
}
