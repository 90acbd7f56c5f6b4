package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.files.StoreLock;
import dev.allframe.journal.allsource.engine.files.UnusableDirectoryException;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** Copies stores to other directories. */
public final class Backups {

    private Backups() {}

    /** A directory cannot take a backup; nothing in it was changed. */
    public static final class UnfitTargetException extends EventStoreException {

        private static final long serialVersionUID = 1L;

        UnfitTargetException(String message) {
            super(message);
        }
    }

    /**
     * Copies a store that nobody changes, or brings a copy up to what the store holds. When this returns, the copy is
     * on disk and opens as a store with the same id.
     *
     * @param target empty or missing, or an older copy of the same store; outside of the store's directory
     * @return how many files of segments were copied; the others were there
     * @throws UnfitTargetException if the target is something else
     * @throws dev.allframe.store.StoreLockedException if somebody has the target open
     * @throws dev.allframe.store.CorruptStoreException if a part of the store is missing or damaged; the target is what
     *         it was
     */
    public static int copy(ClosedStore store, Path target) {
        Disk disk = store.disk();
        Path to = target.toAbsolutePath();
        try {
            UUID storeId = store.storeId();
            Manifest manifest = store.manifest();
            try (StoreLock lock = lock(disk, store.origin(), to, storeId)) {
                StoreCopy copy = new StoreCopy(disk, to, storeId, manifest, () -> {});
                copy.begin(store.directory().resolve(StoreLayout.STORE));
                int copied = copy.copySegments(store.segmentDirectory());
                copy.copyFiles(store.logDirectory(), copy.fresh(StoreLayout.LOG));
                copy.copyFiles(store.directory().resolve(StoreLayout.STATE), copy.fresh(StoreLayout.STATE));
                copy.switchOver();
                return copied;
            }
        } catch (IOException failed) {
            throw new StoreFailedException("the backup to " + target + " failed: " + Failures.message(failed), failed);
        }
    }

    public static StoreLock lock(Disk disk, Path source, Path target, UUID storeId) throws IOException {
        Path to = disk.real(target);
        Path from = disk.real(source);
        if (to.startsWith(from) || from.startsWith(to)) {
            throw new UnfitTargetException("a backup needs a directory of its own, and " + target
                    + " is not apart from the store's");
        }
        UnusableDirectoryException.check(target);
        disk.createDirectories(target);
        String objection = StoreCopy.objection(disk, target, storeId);
        if (!objection.isEmpty()) {
            throw new UnfitTargetException(objection);
        }
        return StoreLock.take(disk, target, "a backup");
    }
}
