package dev.allframe.runtime.projection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A bit that has flipped in a file.
 *
 * @param kind of the file: its path without numbers
 * @param place which bit, in words
 */
record FlippedBit(String kind, String place) {

    private static final int SHARES_OF_TABLES = 6;

    /**
     * Flips a bit below a directory, whose files may come and go. Those of tables have more of a chance than
     * others.
     */
    static FlippedBit in(Path directory, Random random) throws IOException {
        while (true) {
            try {
                return inOne(directory, random);
            } catch (NoSuchFileException gone) {
                // compacted meanwhile
            } catch (UncheckedIOException gone) {
                if (!(gone.getCause() instanceof NoSuchFileException)) {
                    throw gone;
                }
            }
        }
    }

    private static FlippedBit inOne(Path directory, Random random) throws IOException {
        Map<String, List<Path>> kinds = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path file : tree.filter(Files::isRegularFile).sorted().toList()) {
                if (Files.size(file) > 0) {
                    kinds.computeIfAbsent(kind(directory, file), first -> new ArrayList<>()).add(file);
                }
            }
        }
        List<String> shares = new ArrayList<>();
        kinds.keySet().forEach(kind -> {
            for (int i = 0; i < (kind.endsWith(".sst") ? SHARES_OF_TABLES : 1); i++) {
                shares.add(kind);
            }
        });
        String kind = shares.get(random.nextInt(shares.size()));
        List<Path> files = kinds.getOrDefault(kind, List.of());
        return flip(directory, kind, files.get(random.nextInt(files.size())), random);
    }

    private static String kind(Path directory, Path file) {
        return directory.relativize(file).toString().replaceAll("[0-9]+", "N").replaceAll("/LOG.*", "/LOG");
    }

    private static FlippedBit flip(Path directory, String kind, Path file, Random random) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long at = random.nextLong(channel.size());
            int bit = random.nextInt(Byte.SIZE);
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1 << bit)).flip();
            channel.write(one, at);
            return new FlippedBit(kind, "bit " + bit + " of byte " + at + " of " + channel.size() + " in "
                    + directory.relativize(file));
        }
    }

    /** Copies a directory with all that it holds. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : tree.toList()) {
                Path target = to.resolve(from.relativize(path));
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }
}
