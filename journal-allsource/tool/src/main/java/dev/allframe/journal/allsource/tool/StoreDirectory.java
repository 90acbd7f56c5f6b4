package dev.allframe.journal.allsource.tool;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.files.UnusableDirectoryException;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.store.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The directory of a store as a command gets it. */
final class StoreDirectory {

    static final Disk DISK = new RealDisk();

    private StoreDirectory() {}

    /**
     * The store in a directory to be read: locked, or as it is at this moment where it is open elsewhere.
     *
     * @throws RefusedException if there is none
     */
    static ClosedStore read(Path directory, String command) {
        refuseIfNoStore(directory);
        try {
            return ClosedStore.lock(DISK, directory, "store " + command);
        } catch (StoreLockedException held) {
            if (!DISK.isWritable(directory)) {
                throw new StoreLockedException(Failures.message(held) + ". To read it meanwhile, 'store " + command
                        + "' must be able to write in that directory; a backup needs no such right");
            }
            return ClosedStore.beside(DISK, directory, "store " + command);
        }
    }

    /** Refuses a store in which nothing can be written. */
    static void refuseReadOnly(Path directory) {
        if (!DISK.isWritable(directory)) {
            throw new RefusedException(directory + " cannot be written, on a read-only disk or for want of the right");
        }
    }

    /**
     * Locks the store in a directory.
     *
     * @throws RefusedException if there is none
     * @throws StoreLockedException if it is open elsewhere; says by whom
     */
    static ClosedStore lock(Path directory, String command) {
        refuseIfNoStore(directory);
        return lockWhateverIsThere(directory, command);
    }

    /** As {@link #lock}, also where the file is missing that says which store it is. */
    static ClosedStore lockWhateverIsThere(Path directory, String command) {
        try {
            return ClosedStore.lock(DISK, directory, "store " + command);
        } catch (StoreLockedException held) {
            throw new StoreLockedException(
                    Failures.message(held) + ". While it is open its files change: 'store " + command
                            + "' needs a store that nobody writes, or a backup of it");
        }
    }

    static void refuseIfNoStore(Path directory) {
        if (!ClosedStore.isStore(DISK, directory)) {
            String why = "there is no such directory";
            if (Files.isDirectory(directory)) {
                why = "it has no file STORE";
            } else if (Files.exists(directory)) {
                why = "it is a file, and a store is a directory";
            }
            throw new RefusedException("there is no store in " + directory + ": " + why);
        }
    }

    /** Refuses a directory below another, which would change that one. */
    static void refuseInside(Path inner, Path outer) throws IOException {
        if (DISK.real(inner).startsWith(DISK.real(outer))) {
            throw new RefusedException(inner + " is inside of " + outer + ", which must not be changed");
        }
    }

    /** Refuses a directory that has something in it. */
    static void refuseUnlessEmpty(Path directory) {
        if (!Files.exists(directory)) {
            UnusableDirectoryException.checkPossible(DISK, directory);
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new RefusedException(directory + " is no directory");
        }
        refuseReadOnly(directory);
        try (Stream<Path> files = Files.list(directory)) {
            if (files.findAny().isPresent()) {
                throw new RefusedException(directory + " is not empty; a new store needs an empty directory");
            }
        } catch (IOException unreadable) {
            throw new RefusedException(directory + " cannot be read: " + Failures.message(unreadable));
        }
    }
}
