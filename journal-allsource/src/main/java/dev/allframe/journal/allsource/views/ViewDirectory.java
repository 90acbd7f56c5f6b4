package dev.allframe.journal.allsource.views;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.journal.allsource.tables.FlatDirectory;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.ViewNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The directory of one view.
 * <pre>
 *   CURRENT        see {@link ServedGeneration}
 *   REPLACED       see {@link ReplacedGenerations}
 *   7/             generation 7, tables of RocksDB
 *   6.aside/       was set aside, for somebody to look at
 *   8.tmp/         begun, and no generation yet; and other names that end so: deleted when the store is opened
 * </pre>
 * A generation comes and goes by one renaming.
 *
 * @param path where
 */
record ViewDirectory(Path path) {

    private static final String ASIDE = ".aside";
    private static final String TEMPORARY = ".tmp";
    private static final Pattern NUMBER = Pattern.compile("([1-9][0-9]{0,17})(\\..*)?");
    private static final Disk DISK = new RealDisk();

    String view() {
        return path.getFileName().toString();
    }

    /** The directories of views that exist, in the order of their names, whether they have generations or not. */
    static List<ViewDirectory> all(Path views) throws IOException {
        List<ViewDirectory> all = new ArrayList<>();
        for (Path path : DISK.list(views)) {
            if (ViewNames.isName(path.getFileName().toString()) && Files.isDirectory(path)) {
                all.add(new ViewDirectory(path));
            }
        }
        return all.stream().sorted(Comparator.comparing(ViewDirectory::view)).toList();
    }

    Path generation(long number) {
        return path.resolve(Long.toString(number));
    }

    /** What was set aside, in the order of names. */
    List<Path> setAside() throws IOException {
        return DISK.list(path).stream().filter(entry -> entry.getFileName().toString().endsWith(ASIDE)).toList();
    }

    boolean has(long number) {
        return number > 0 && Files.isDirectory(generation(number));
    }

    /** The numbers of the generations, ascending. */
    List<Long> generations() throws IOException {
        List<Long> numbers = new ArrayList<>();
        for (Path entry : DISK.list(path)) {
            Matcher name = NUMBER.matcher(entry.getFileName().toString());
            if (name.matches() && name.group(2) == null && Files.isDirectory(entry)) {
                numbers.add(Long.parseLong(name.group(1)));
            }
        }
        return numbers.stream().sorted().toList();
    }

    OptionalLong served() throws IOException {
        long served = ServedGeneration.read(path).served();
        return has(served) ? OptionalLong.of(served) : OptionalLong.empty();
    }

    /** Mends a file that is damaged. */
    void serve(long number) throws IOException {
        new ServedGeneration(number, last()).write(path);
        forget(number);
    }

    /** Mends a file that is damaged. */
    void noteReplaced(long number, Replacement note) throws IOException {
        ReplacedGenerations known = ReplacedGenerations.NONE;
        try {
            known = ReplacedGenerations.read(path);
        } catch (CorruptStoreException damaged) {
            // is written anew
        }
        known.with(number, note).write(path);
    }

    /** What is noted of generations that are there and not served. */
    NavigableMap<Long, Replacement> replaced() throws IOException {
        NavigableMap<Long, Replacement> notes = new TreeMap<>(ReplacedGenerations.read(path).notes());
        notes.keySet().removeIf(number -> !has(number));
        try {
            served().ifPresent(notes::remove);
        } catch (CorruptStoreException damaged) {
            // none is served
        }
        return notes;
    }

    /** A file that is damaged or newer is left to whoever asks for the notes. */
    private void forget(long number) throws IOException {
        try {
            ReplacedGenerations known = ReplacedGenerations.read(path);
            if (known.notes().containsKey(number)) {
                known.without(number).write(path);
            }
        } catch (CorruptStoreException | UnsupportedFormatException left) {
            return;
        }
    }

    /** Where it fails the note stays: one of a generation that is gone says nothing. */
    private void forgetGone(long number) {
        try {
            forget(number);
        } catch (IOException stays) {
            return;
        }
    }

    /** A crash may leave a note of the generation that is served. */
    private void forgetServed() throws IOException {
        try {
            OptionalLong served = served();
            if (served.isPresent()) {
                forget(served.getAsLong());
            }
        } catch (CorruptStoreException | UnsupportedFormatException left) {
            return;
        }
    }

    /** A number that no generation has had. It is given durably, unless the file that says so is damaged. */
    long give() throws IOException {
        DISK.createDirectories(path);
        long next = last() + 1;
        try {
            new ServedGeneration(ServedGeneration.read(path).served(), next).write(path);
        } catch (CorruptStoreException damaged) {
            // stays, so that whoever asks what is served is told; the directories have numbers, too
        }
        return next;
    }

    /** The highest number that the file or any name in the directory tells of. */
    private long last() throws IOException {
        long last = 0;
        for (Path entry : DISK.list(path)) {
            Matcher name = NUMBER.matcher(entry.getFileName().toString());
            last = name.matches() ? Math.max(last, Long.parseLong(name.group(1))) : last;
        }
        try {
            return Math.max(last, ServedGeneration.read(path).last());
        } catch (CorruptStoreException damaged) {
            return last;
        }
    }

    private Path dropped(long number) {
        return path.resolve(number + ".dropped" + TEMPORARY);
    }

    /** Whether the files of a generation that was taken out are there still. */
    boolean hasDropped(long number) {
        return number > 0 && Files.isDirectory(dropped(number));
    }

    /**
     * Takes a generation out by one renaming, and deletes it; also one that was taken out before. Its files go before
     * anything is written, so that a full disk gets their room.
     */
    void drop(long number) throws IOException {
        Path dropped = dropped(number);
        FlatDirectory.delete(dropped);
        if (has(number)) {
            DISK.rename(generation(number), dropped);
            DISK.forceDirectory(path);
            FlatDirectory.delete(dropped);
        }
        forgetGone(number);
        cleanUp();
    }

    Path setAside(long number) throws IOException {
        Path aside = path.resolve(number + ASIDE);
        DISK.rename(generation(number), aside);
        DISK.forceDirectory(path);
        forgetGone(number);
        return aside;
    }

    /** Mends what a crash has left: deletes what was begun or dropped, and the note of what is served. */
    void recover() throws IOException {
        cleanUp();
        forgetServed();
    }

    /** Deletes what was begun or dropped; and the directory, where nothing else than the files is left. */
    private void cleanUp() throws IOException {
        boolean empty = true;
        for (Path entry : DISK.list(path)) {
            String name = entry.getFileName().toString();
            if (name.endsWith(TEMPORARY)) {
                delete(entry);
            } else {
                empty &= name.equals(ServedGeneration.FILE) || name.equals(ReplacedGenerations.FILE);
            }
        }
        if (empty) {
            FlatDirectory.delete(path);
            FlatDirectory.forceOne(path.getParent());
        }
    }

    private static void delete(Path entry) throws IOException {
        if (Files.isDirectory(entry)) {
            FlatDirectory.delete(entry);
        } else {
            Files.delete(entry);
        }
    }
}
