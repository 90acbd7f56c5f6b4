package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Disks that leave something out, as a defect of the log would. */
final class BrokenDisks {

    private BrokenDisks() {}

    /** Says that files are forced and forces none. */
    static Disk withoutForce(Disk disk) {
        return new Broken(disk, true, true, true);
    }

    /** Forces files and not their names. */
    static Disk withoutForcedNames(Disk disk) {
        return new Broken(disk, false, true, false);
    }

    /** Writes nothing to files that were there before. */
    static Disk withoutRewriting(Disk disk) {
        return new Broken(disk, false, false, true);
    }

    private record Broken(Disk disk, boolean skipForce, boolean rewrites, boolean forceNames) implements Disk {

        @Override
        public DiskFile create(Path file) throws IOException {
            return new BrokenFile(disk.create(file), skipForce, true);
        }

        @Override
        public DiskFile open(Path file) throws IOException {
            return new BrokenFile(disk.open(file), skipForce, rewrites);
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
            if (forceNames) {
                disk.forceDirectory(directory);
            }
        }

        @Override
        public long usableBytes(Path directory) throws IOException {
            return disk.usableBytes(directory);
        }

        @Override
        public @Nullable Closeable tryLock(Path file) throws IOException {
            return disk.tryLock(file);
        }
    }

    private record BrokenFile(DiskFile file, boolean skipForce, boolean writes) implements DiskFile {

        @Override
        public void write(ByteBuffer bytes, long offset) throws IOException {
            if (writes) {
                file.write(bytes, offset);
            }
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            return file.read(into, offset);
        }

        @Override
        public void force() throws IOException {
            if (!skipForce) {
                file.force();
            }
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
