package dev.allframe.journal.allsource.engine.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

class RealDiskTest extends DiskContract {

    @TempDir(factory = TempDirFactory.Standard.class)
    private Path root;

    @Override
    Disk disk() {
        return new RealDisk();
    }

    @Override
    Path root() {
        return root;
    }

    @Test
    void no_room_is_told_from_other_failures() {
        assertThat(NoSpaceException.where(new IOException("No space left on device")))
                .isInstanceOf(NoSpaceException.class);
        assertThat(NoSpaceException.where(new FileSystemException("f", null, "Disk quota exceeded")))
                .isInstanceOf(NoSpaceException.class);
        IOException other = new IOException("Input/output error");
        assertThat(NoSpaceException.where(other)).isSameAs(other);
        IOException silent = new IOException();
        assertThat(NoSpaceException.where(silent)).isSameAs(silent);
    }

    @Test
    void another_process_cannot_take_a_lock_after_failed_attempts_of_this_one() throws Exception {
        Path file = root.resolve("LOCK");
        try (Closeable lock = new RealDisk().tryLock(file)) {
            assertThat(lock).isNotNull();
            assertThat(new RealDisk().tryLock(file)).isNull();
            assertThat(new RealDisk().tryLock(root.resolve(".").resolve("LOCK"))).isNull();

            assertThat(lockedByAnotherProcess(file)).isFalse();
        }
        assertThat(lockedByAnotherProcess(file)).isTrue();
    }

    private static boolean lockedByAnotherProcess(Path file) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Locker.class.getName(), file.toString()).inheritIO().start();
        return process.waitFor() == 0;
    }

    /** Ends with 0 where it gets the lock. */
    static final class Locker {

        private Locker() {}

        public static void main(String[] args) throws IOException {
            System.exit(new RealDisk().tryLock(Path.of(args[0])) == null ? 1 : 0);
        }
    }
}
