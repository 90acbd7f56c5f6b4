package dev.allframe.benchmarks;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The real disk, which says how long its forces of files took and can make each of them longer. Thread-safe. */
final class MeteredDisk implements Disk {

    private final Disk disk = new RealDisk();
    private final long delayNanos;
    private final ConcurrentHistogram forces = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);

    /** @param delay by which every force of a file takes longer; it is not part of what is said */
    MeteredDisk(Duration delay) {
        this.delayNanos = delay.toNanos();
    }

    /** How long the forces of files took by themselves since the last {@link #reset}, in nanoseconds. */
    Histogram forces() {
        return forces.copy();
    }

    /** Forgets the forces up to now. */
    void reset() {
        forces.reset();
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return new MeteredFile(disk.create(file));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new MeteredFile(disk.open(file));
    }

    @Override
    public DiskFile openReadOnly(Path file) throws IOException {
        return disk.openReadOnly(file);
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
    public boolean isFileSystem() {
        return disk.isFileSystem();
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return disk.usableBytes(directory);
    }

    @Override
    public @Nullable Closeable tryLock(Path file) throws IOException {
        return disk.tryLock(file);
    }

    private final class MeteredFile implements DiskFile {

        private final DiskFile file;

        MeteredFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public void force() throws IOException {
            long begin = System.nanoTime();
            file.force();
            forces.recordValue(Math.max(1, System.nanoTime() - begin));
            if (delayNanos > 0) {
                long until = System.nanoTime() + delayNanos;
                for (long left = delayNanos; left > 0; left = until - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
            }
        }

        @Override
        public void write(ByteBuffer bytes, long offset) throws IOException {
            file.write(bytes, offset);
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            return file.read(into, offset);
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
