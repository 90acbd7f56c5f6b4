package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts what is read through another disk. */
final class CountingDisk implements Disk {

    private final Disk disk;
    final AtomicLong reads = new AtomicLong();
    final AtomicLong bytes = new AtomicLong();

    CountingDisk(Disk disk) {
        this.disk = disk;
    }

    void reset() {
        reads.set(0);
        bytes.set(0);
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return disk.create(file);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new Counted(disk.open(file));
    }

    @Override
    public DiskFile openReadOnly(Path file) throws IOException {
        return new Counted(disk.openReadOnly(file));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        disk.delete(file);
    }

    @Override
    public boolean exists(Path file) {
        return disk.exists(file);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        disk.forceDirectory(directory);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return disk.usableBytes(directory);
    }

    @Override
    public @Nullable Closeable tryLock(Path file) throws IOException {
        return disk.tryLock(file);
    }

    private final class Counted implements DiskFile {

        private final DiskFile file;

        Counted(DiskFile file) {
            this.file = file;
        }

        @Override
        public void write(ByteBuffer from, long offset) throws IOException {
            file.write(from, offset);
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            int count = file.read(into, offset);
            reads.incrementAndGet();
            bytes.addAndGet(count);
            return count;
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void truncate(long length) throws IOException {
            file.truncate(length);
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
