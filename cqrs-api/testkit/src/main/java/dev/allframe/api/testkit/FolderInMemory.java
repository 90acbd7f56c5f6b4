package dev.allframe.api.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Temporary folders on the machine's file system in memory ({@code /dev/shm}), for tests that open many stores and take
 * the power from none of them: there nobody waits for a disk. Where there is no such file system, or less than a GiB of
 * it is free, a folder is where temporary files usually are.
 *
 * <p>{@code junit.jupiter.tempdir.factory.default = dev.allframe.api.testkit.FolderInMemory} in
 * {@code junit-platform.properties} makes it the usual one of a module; a test that needs a disk says
 * {@code @TempDir(factory = TempDirFactory.Standard.class)}.
 */
public final class FolderInMemory implements TempDirFactory {

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long LEAST_BYTES = 1L << 30;

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws IOException {
        boolean inMemory = Files.isDirectory(MEMORY) && Files.isWritable(MEMORY)
                && Files.getFileStore(MEMORY).getUsableSpace() >= LEAST_BYTES;
        return inMemory ? Files.createTempDirectory(MEMORY, "allframe") : Files.createTempDirectory("allframe");
    }
}
