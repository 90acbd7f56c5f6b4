package dev.allframe.journal.allsource.engine.io;

import java.nio.file.Path;

/**
 * One change of a {@link SimulatedDisk}, so that it can be made again on another. Files are named by a number, which
 * stays when they are renamed.
 */
public sealed interface DiskOperation {

    record Create(Path file, int number) implements DiskOperation {}

    /** A write; {@code bytes} is empty for {@code zeros} zeros. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Write(int number, long offset, byte[] bytes, int zeros) implements DiskOperation {

        int length() {
            return bytes.length + zeros;
        }

        @Override
        public String toString() {
            return "Write[number=" + number + ", offset=" + offset + ", length=" + length() + "]";
        }
    }

    record Truncate(int number, long length) implements DiskOperation {}

    record Force(int number) implements DiskOperation {}

    /** A force that failed: what was not forced stays to be read, and will never reach the disk. */
    record FailedForce(int number) implements DiskOperation {}

    record Rename(Path from, Path to) implements DiskOperation {}

    record Delete(Path file) implements DiskOperation {}

    record CreateDirectories(Path directory) implements DiskOperation {}

    record ForceDirectory(Path directory) implements DiskOperation {}
}
