package dev.allframe.journal.allsource.engine.files;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.store.EventStoreException;
import java.io.File;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A store cannot be in a directory with this name; nothing was made there. */
public final class UnusableDirectoryException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    private static final boolean NAMES_ARE_BYTES = File.separatorChar == '/';

    private UnusableDirectoryException(String message) {
        super(message);
    }

    /**
     * Refuses a directory that RocksDB would not find. It gets a path in UTF-8 where characters outside of the basic
     * plane are written as two, while the JVM names the directory in the encoding of the system's locale; both must be
     * the same bytes.
     */
    public static void check(Path directory) {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        check(directory, NAMES_ARE_BYTES ? Charset.forName(encoding) : StandardCharsets.UTF_8);
    }

    public static void check(Path directory, Charset ofNames) {
        String path = directory.toAbsolutePath().toString();
        path.codePoints()
                .filter(c -> c > Character.MAX_VALUE || Character.isSurrogate((char) c))
                .findFirst()
                .ifPresent(c -> {
                    throw new UnusableDirectoryException("a store cannot be in the directory " + path
                            + ": RocksDB does not find a path with the character " + named(c)
                            + "; use a directory without it, or a symbolic link to it");
                });
        if (!directory.equals(Path.of(directory.toString()))) {
            throw new UnusableDirectoryException("a store cannot be in the directory " + path
                    + ": its name has bytes that are no text in " + ofNames + ", and RocksDB does not find it"
                    + "; use another directory, or a symbolic link to it");
        }
        if (!ofNames.equals(StandardCharsets.UTF_8) && path.chars().anyMatch(c -> c >= 0x80)) {
            throw new UnusableDirectoryException("a store cannot be in the directory " + path
                    + ": this process names files in " + ofNames + ", and RocksDB in UTF-8"
                    + "; start it under a locale of UTF-8, such as LC_ALL=C.UTF-8, or use a directory in ASCII");
        }
    }

    /**
     * Refuses a directory that is not there and cannot be made where it shall be.
     *
     * @throws UnusableDirectoryException that names the directory above
     */
    public static void checkPossible(Disk disk, Path directory) {
        Path above = directory.toAbsolutePath();
        while (above.getParent() != null && !Files.exists(above)) {
            above = above.getParent();
        }
        if (!Files.isDirectory(above)) {
            throw new UnusableDirectoryException(above + " is no directory, so that " + directory + " cannot be made");
        }
        if (!disk.isWritable(above)) {
            throw new UnusableDirectoryException(
                    above + " cannot be written, on a read-only disk or for want of the right");
        }
    }

    private static String named(int character) {
        return String.format(Locale.ROOT, "U+%04X", character);
    }
}
