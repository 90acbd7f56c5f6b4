package dev.allframe.journal.allsource;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Directories of stores for tests, below the build's own. */
final class Stores {

    private Stores() {}

    /** A configuration with a directory that nobody has used. */
    static Config inNewDirectory() {
        return in(newDirectory());
    }

    static Config in(Path directory) {
        return ConfigFactory.parseMap(Map.of("allsource.dir", directory.toString()));
    }

    static Path newDirectory() {
        try {
            Path target = Files.createDirectories(Path.of("target", "stores"));
            return Files.createTempDirectory(target, "store");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
