package dev.allframe.journal.allsource.engine.io;

import dev.allframe.journal.allsource.engine.io.DiskOperation.Truncate;
import dev.allframe.journal.allsource.engine.io.DiskOperation.Write;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files below a directory as a {@link Trace} tells of them, and what a power loss may leave. Not thread-safe.
 *
 * <p>A force makes durable what was done before it began: of a file its contents and length, of a directory its names.
 * Everything else is kept or lost, each change of a name by itself. Some files may be less strict: their force makes
 * the name durable too that they were created with, as it does on ext4, XFS and btrfs.
 */
public final class TracedFiles {

    private final Path directory;
    private final Predicate<Path> lessStrict;
    private final Folder root = new Folder();
    private final Map<Long, Node> byInode = new HashMap<>();
    private final Map<Long, Forcing> forcing = new HashMap<>();
    private final List<NameChange> pendingNames = new ArrayList<>();
    private int files;
    private long nameChanges;

    /** A file or directory. */
    private sealed interface Node {}

    private record Contents(SimulatedFile file, boolean lessStrict) implements Node {}

    private static final class Folder implements Node {
        final Map<String, Node> seen = new TreeMap<>();
        final Map<String, Node> durable = new TreeMap<>();
    }

    private record Place(Folder folder, String name) {}

    /** A name that was given ({@code to}), taken ({@code from}) or both. */
    private record NameChange(long number, @Nullable Place from, @Nullable Place to, Node node) {

        boolean in(Folder folder) {
            return (from != null && from.folder == folder) || (to != null && to.folder == folder);
        }

        void applyTo(Function<Folder, Map<String, Node>> names) {
            if (from != null) {
                names.apply(from.folder).remove(from.name, node);
            }
            if (to != null) {
                names.apply(to.folder).put(to.name, node);
            }
        }
    }

    /** A force under way: how many changes were made before it, of a file's contents and of all names. */
    private record Forcing(Node node, long changes, long nameChanges) {}

    /**
     * What is in a directory when a trace begins; all of it is on the disk.
     *
     * @param lessStrict for which paths in the directory the force of a new file makes its name durable
     */
    public TracedFiles(Path directory, Predicate<Path> lessStrict) throws IOException {
        this.directory = directory;
        this.lessStrict = lessStrict;
        load(directory, root);
    }

    private void load(Path path, Folder folder) throws IOException {
        byInode.put(inode(path), folder);
        for (Path below : list(path)) {
            Node node;
            if (Files.isDirectory(below)) {
                Folder next = new Folder();
                load(below, next);
                node = next;
            } else {
                SimulatedFile file = new SimulatedFile(++files);
                file.write(new Write(file.number, 0, Files.readAllBytes(below), 0));
                file.force();
                node = new Contents(file, false);
                byInode.put(inode(below), node);
            }
            folder.seen.put(name(below), node);
            folder.durable.put(name(below), node);
        }
    }

    private static long inode(Path path) throws IOException {
        return ((Number) Files.getAttribute(path, "unix:ino")).longValue();
    }

    private static List<Path> list(Path path) throws IOException {
        try (Stream<Path> below = Files.list(path)) {
            return below.sorted().toList();
        }
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    /** Does what the process has done next. */
    public void apply(Trace.Step step) {
        switch (step) {
            case Trace.Created(Path path, long inode) -> {
                Contents created = new Contents(new SimulatedFile(++files),
                        lessStrict.test(directory.relativize(path)));
                byInode.put(inode, created);
                change(null, place(path), created);
            }
            case Trace.DirectoryCreated(Path path, long inode) -> {
                Folder created = new Folder();
                byInode.put(inode, created);
                change(null, place(path), created);
            }
            case Trace.Renamed(Path from, Path to) -> change(place(from), place(to), named(from));
            case Trace.Removed(Path path) -> change(place(path), null, named(path));
            case Trace.Linked(Path from, Path to) -> change(null, place(to), named(from));
            case Trace.Written(long inode, long offset, byte[] bytes, int zeros) -> {
                SimulatedFile file = file(inode);
                file.write(new Write(file.number, offset, bytes, zeros));
            }
            case Trace.Truncated(long inode, long length) -> truncate(file(inode), length);
            case Trace.ForceBegun(long inode, long number) -> {
                Node node = known(inode);
                long changes = node instanceof Contents contents ? contents.file.changes() : 0;
                forcing.put(number, new Forcing(node, changes, nameChanges));
            }
            case Trace.Forced(long number) -> {
                Forcing done = forcing.remove(number);
                if (done == null) {
                    throw new IllegalStateException("force " + number + " has not begun");
                }
                forced(done);
            }
            case Trace.Said said -> {
            }
            case Trace.Unknown(String what) -> throw new IllegalStateException("cannot be replayed: " + what);
        }
    }

    private static void truncate(SimulatedFile file, long length) {
        long before = file.seen().length();
        if (length > before) {
            file.write(new Write(file.number, before, new byte[0], Math.toIntExact(length - before)));
        } else {
            file.truncate(new Truncate(file.number, length));
        }
    }

    private void forced(Forcing done) {
        switch (done.node) {
            case Contents contents -> {
                contents.file.forceFirst(done.changes);
                if (contents.lessStrict) {
                    makeDurable(change -> change.number <= done.nameChanges && change.node.equals(contents)
                            && change.from == null);
                }
            }
            case Folder folder -> makeDurable(change -> change.number <= done.nameChanges && change.in(folder));
        }
    }

    private void makeDurable(Predicate<NameChange> which) {
        pendingNames.removeIf(change -> {
            if (which.test(change)) {
                change.applyTo(folder -> folder.durable);
                return true;
            }
            return false;
        });
    }

    private void change(@Nullable Place from, @Nullable Place to, Node node) {
        NameChange change = new NameChange(++nameChanges, from, to, node);
        change.applyTo(folder -> folder.seen);
        pendingNames.add(change);
    }

    private Node known(long inode) {
        Node node = byInode.get(inode);
        if (node == null) {
            throw new IllegalStateException("nothing has the inode " + inode);
        }
        return node;
    }

    private SimulatedFile file(long inode) {
        return switch (known(inode)) {
            case Contents contents -> contents.file;
            case Folder folder -> throw new IllegalStateException("inode " + inode + " is a directory");
        };
    }

    private Node named(Path path) {
        Place place = place(path);
        Node node = place.folder.seen.get(place.name);
        if (node == null) {
            throw new IllegalStateException("nothing is named " + path);
        }
        return node;
    }

    private Place place(Path path) {
        Folder folder = root;
        Path below = directory.relativize(path);
        for (int i = 0; i < below.getNameCount() - 1; i++) {
            if (!(folder.seen.get(below.getName(i).toString()) instanceof Folder next)) {
                throw new IllegalStateException("no directory " + below.getName(i) + " of " + path);
            }
            folder = next;
        }
        return new Place(folder, name(path));
    }

    /**
     * Writes the files as a power loss at this moment may leave them.
     *
     * @param modes for the names, and then for each file that has something to lose
     * @param into an empty directory
     */
    public void crash(Supplier<CrashMode> modes, Random random, Path into) throws IOException {
        Map<Folder, Map<String, Node>> names = new HashMap<>();
        Function<Folder, Map<String, Node>> left = folder -> names.computeIfAbsent(folder,
                first -> new TreeMap<>(first.durable));
        CrashMode mode = modes.get();
        for (NameChange change : pendingNames) {
            boolean kept = switch (mode) {
                case KEEP_ALL -> true;
                case LOSE_ALL -> false;
                default -> random.nextBoolean();
            };
            if (kept) {
                change.applyTo(left);
            }
        }
        write(root, into, left, file -> file.crash(modes.get(), random));
    }

    private static void write(Folder folder, Path into, Function<Folder, Map<String, Node>> names,
            Function<SimulatedFile, SimulatedFile> left) throws IOException {
        for (Map.Entry<String, Node> entry : names.apply(folder).entrySet()) {
            Path path = into.resolve(entry.getKey());
            switch (entry.getValue()) {
                case Contents contents -> Files.write(path, bytes(left.apply(contents.file)));
                case Folder below -> write(below, Files.createDirectory(path), names, left);
            }
        }
    }

    private static byte[] bytes(SimulatedFile file) {
        ByteBuffer into = ByteBuffer.allocate(Math.toIntExact(file.seen().length()));
        file.seen().read(into, 0);
        return into.array();
    }

    /** What is not as it is in the directory; nothing is missing in a trace where there is no difference. */
    public List<String> difference() throws IOException {
        List<String> differences = new ArrayList<>();
        compare(directory, root, differences);
        return differences;
    }

    private static void compare(Path path, Folder folder, List<String> differences) throws IOException {
        List<String> there = list(path).stream().map(TracedFiles::name).sorted().toList();
        if (!there.equals(List.copyOf(folder.seen.keySet()))) {
            differences.add(path + " has " + there + ", traced were " + folder.seen.keySet());
            return;
        }
        for (Map.Entry<String, Node> entry : folder.seen.entrySet()) {
            Path below = path.resolve(entry.getKey());
            switch (entry.getValue()) {
                case Folder next -> compare(below, next, differences);
                case Contents contents -> {
                    int at = Arrays.mismatch(Files.readAllBytes(below), bytes(contents.file));
                    if (at >= 0) {
                        differences.add(below + " differs from byte " + at);
                    }
                }
            }
        }
    }
}
