package dev.allframe.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of this checkout. */
final class Checkout {

    /** The folder that holds all modules. */
    static final Path ROOT = root();

    private Checkout() {}

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("CONTRIBUTING.md"))) {
            folder = Optional.ofNullable(folder.getParent())
                    .orElseThrow(() -> new IllegalStateException("no checkout above the working directory"));
        }
        return folder;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static String read(String file) {
        return read(ROOT.resolve(file));
    }

    /** All files whose name ends so, but for what a build makes. Links are not followed. */
    static List<Path> files(String ending) {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(file -> file.toString().endsWith(ending))
                    .filter(file -> !ROOT.relativize(file).toString().matches("(.*/)?(target|\\.git)/.*"))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The documents in Markdown. */
    static List<Path> documents() {
        return files(".md");
    }

    /** All Java sources by the simple name of their file. */
    static Map<String, String> sources() {
        Map<String, String> byClass = new TreeMap<>();
        for (Path file : files(".java")) {
            String name = file.getFileName().toString();
            byClass.merge(name.substring(0, name.length() - ".java".length()), read(file), (one, other) -> one + other);
        }
        return byClass;
    }
}
