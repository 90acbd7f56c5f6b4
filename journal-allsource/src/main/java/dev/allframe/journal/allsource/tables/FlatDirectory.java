package dev.allframe.journal.allsource.tables;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A directory of files, as RocksDB has one, and its changes that outlive a power loss. */
public final class FlatDirectory {

    private static final Disk DISK = new RealDisk();

    private FlatDirectory() {}

    /** Deletes a directory of files; does nothing where there is none. */
    public static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.list(tree)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(tree);
    }

    /**
     * Writes a file in place of the one that is there. It is on disk when this returns; until then the old one is.
     *
     * @param file whose name with {@code .tmp} behind it is nobody else's
     */
    public static void replace(Path file, byte[] contents) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        try (DiskFile begun = DISK.create(temporary)) {
            begun.write(ByteBuffer.wrap(contents), 0);
            begun.force();
        }
        DISK.rename(temporary, file);
        forceOne(file.getParent());
    }

    /** Makes the files of a directory durable, and their names. */
    static void force(Path tree) throws IOException {
        try (Stream<Path> files = Files.list(tree)) {
            for (Path file : files.toList()) {
                forceOne(file);
            }
        }
        forceOne(tree);
    }

    /** Makes one file, or the names in one directory, durable. */
    public static void forceOne(@Nullable Path path) throws IOException {
        if (path != null) {
            DISK.forceDirectory(path);
        }
    }
}
