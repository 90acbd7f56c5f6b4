package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of a store on a simulated disk. */
final class Files {

    private Files() {}

    /** All files, directories left out. */
    static List<Path> of(SimulatedDisk disk) {
        List<Path> files = new ArrayList<>();
        try {
            collect(disk, StoreLife.DIRECTORY, files);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return files;
    }

    private static void collect(SimulatedDisk disk, Path directory, List<Path> to) throws IOException {
        for (Path path : disk.list(directory)) {
            List<Path> below = disk.list(path);
            if (below.isEmpty() && path.getFileName().toString().matches("log|segments")) {
                continue;
            }
            if (below.isEmpty()) {
                to.add(path);
            } else {
                collect(disk, path, to);
            }
        }
    }

    /** Writes the files below the build's directory, to look at them or to open them again, and says where. */
    static Path dump(SimulatedDisk disk) {
        try {
            Path into = java.nio.file.Files.createTempDirectory(java.nio.file.Files.createDirectories(
                    Path.of("target", "crashes")), "store");
            for (Path file : of(disk)) {
                Path copy = into.resolve(StoreLife.DIRECTORY.relativize(file).toString());
                java.nio.file.Files.createDirectories(copy.getParent());
                if (disk.exists(file)) { // a store that failed to close may still delete some
                    java.nio.file.Files.write(copy, disk.contents(file));
                }
            }
            return into;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
