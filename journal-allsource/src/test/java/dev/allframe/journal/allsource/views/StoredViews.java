package dev.allframe.journal.allsource.views;

import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a test's views, and all that is read of them. */
final class StoredViews {

    private StoredViews() {}

    /** The contents of every file by its path in the directory, without RocksDB's diary and locks. */
    static Map<Path, byte[]> files(Path directory) throws IOException {
        Map<Path, byte[]> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (!name.startsWith("LOG") && !name.equals("LOCK")) {
                    files.put(directory.relativize(file), Files.readAllBytes(file));
                }
            }
        }
        return files;
    }

    /** As {@link #files}, while RocksDB may compact: of a moment between two changes of its manifest. */
    static Map<Path, byte[]> filesOfAMoment(Path directory) throws IOException {
        while (true) {
            try {
                List<String> before = manifests(directory);
                Map<Path, byte[]> files = files(directory);
                if (manifests(directory).equals(before)) {
                    return files;
                }
            } catch (NoSuchFileException gone) {
                // compacted meanwhile
            } catch (UncheckedIOException gone) {
                if (!(gone.getCause() instanceof NoSuchFileException)) {
                    throw gone;
                }
            }
        }
    }

    private static List<String> manifests(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("MANIFEST"))
                    .map(file -> file.getFileName() + " " + file.toFile().length())
                    .sorted()
                    .toList();
        }
    }

    static void write(Map<Path, byte[]> files, Path directory) throws IOException {
        for (Map.Entry<Path, byte[]> file : files.entrySet()) {
            Path to = directory.resolve(file.getKey());
            Files.createDirectories(Objects.requireNonNull(to.getParent()));
            Files.write(to, file.getValue());
        }
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Which generation is served, and all entries of each, read in all ways. */
    static String dump(RocksViewStore store, String view) {
        StringBuilder all = new StringBuilder("served " + store.served(view) + "\n");
        for (long number : store.generations(view)) {
            try (ViewTables tables = store.open(view, number)) {
                all.append("generation ").append(number).append('\n').append(dump(tables));
            }
        }
        return all.toString();
    }

    static String dump(ViewReads tables) {
        StringBuilder all = new StringBuilder();
        HexFormat hex = HexFormat.of();
        for (ViewTable table : ViewTable.values()) {
            try (Cursor forwards = tables.cursor(table, KeyRange.all(), false)) {
                while (forwards.next()) {
                    byte[] got = tables.get(table, forwards.key());
                    all.append(table.stored())
                            .append(' ')
                            .append(hex.formatHex(forwards.key()))
                            .append('=')
                            .append(hex.formatHex(forwards.value()))
                            .append(' ')
                            .append(got == null ? "none" : hex.formatHex(got))
                            .append('\n');
                }
            }
            try (Cursor backwards = tables.cursor(table, KeyRange.all(), true)) {
                while (backwards.next()) {
                    all.append(hex.formatHex(backwards.key())).append('\n');
                }
            }
            for (int key = 0; key < 50; key++) {
                byte[] none = tables.get(table, new byte[]{9, (byte) key});
                all.append(none == null ? "" : "a key that was never there");
            }
        }
        return all.toString();
    }
}
