package dev.allframe.journal.allsource.tables;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A directory of files, as RocksDB has one. */
final class FlatDirectory {

    private static final Disk DISK = new RealDisk();

    private FlatDirectory() {}

    /** Deletes a directory of files; does nothing where there is none. */
    static void delete(Path tree) throws IOException {
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
    static void forceOne(@Nullable Path path) throws IOException {
        if (path != null) {
            DISK.forceDirectory(path);
        }
    }
}
