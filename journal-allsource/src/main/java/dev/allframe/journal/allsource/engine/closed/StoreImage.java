package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.files.StoreLock;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.engine.wal.WalFiles;
import dev.allframe.journal.allsource.engine.wal.WalReader;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreLockedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;

/**
 * The files of a store that another process has open, as they were at one moment: a directory inside of the store's,
 * which a tool reads like a closed store while the owner goes on. Files that never change are linked, the others
 * copied, so that it costs the room of the log alone.
 *
 * <h2>Order</h2> What the owner's order of writing makes true of the disk at every moment must be true of the image,
 * though its parts are of different moments. The segments of the log are linked first, because they are deleted when
 * state and manifest have what they say, and again after each step, as new ones are begun; then index and state, which
 * must not know more than manifest and log; then the manifest with its segments; last the log is copied, as far as it
 * is now. Where a file has gone meanwhile, or a segment of the log began and went between two looks, all is taken anew.
 *
 * <h2>Left-overs</h2> Whoever has an image locks it. One that a killed tool has left is deleted when the next one is
 * taken and when the store is opened. Nothing in it is forced.
 */
public final class StoreImage implements Closeable {

    /** Links to the log's segments; not part of the image. */
    private static final String LINKS = "links";
    private static final int ATTEMPTS = 100;

    /** What one read gives at once of a file that is being written. */
    private static final int BLOCK_BYTES = 4096;

    private static final String SORTED_TABLE = ".sst";

    private final Disk disk;
    private final Path store;
    private final Path directory;
    private final StoreLock lock;

    private StoreImage(Disk disk, Path store, Path directory, StoreLock lock) {
        this.disk = disk;
        this.store = store;
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Takes an image.
     *
     * @param store the store's directory, on a file system of this machine
     * @param user who, in words
     * @throws IOException if the disk fails, a file is missing, or the store changes too fast
     */
    static StoreImage take(Disk disk, Path store, String user) throws IOException {
        deleteAbandoned(disk, store);
        StoreImage image = begin(disk, store, user);
        try {
            image.takeAll();
            return image;
        } catch (IOException | RuntimeException failed) {
            try (image) {
                throw failed;
            }
        }
    }

    /**
     * An empty image. Another tool may take the directory for one that was left, before it is locked; then another one
     * is made.
     */
    private static StoreImage begin(Disk disk, Path store, String user) throws IOException {
        for (int attempt = 1;; attempt++) {
            Path directory = store.resolve(StoreLayout.IMAGES).resolve(UUID.randomUUID().toString());
            disk.createDirectories(directory);
            try {
                return new StoreImage(disk, store, directory, StoreLock.take(disk, directory, user));
            } catch (NoSuchFileException | StoreLockedException deleted) {
                if (attempt == ATTEMPTS) {
                    throw deleted;
                }
            }
        }
    }

    /** Deletes the images of a store that nobody has. */
    public static void deleteAbandoned(Disk disk, Path store) throws IOException {
        for (Path image : disk.list(store.resolve(StoreLayout.IMAGES))) {
            deleteUnlessUsed(disk, image);
        }
    }

    private static void deleteUnlessUsed(Disk disk, Path image) throws IOException {
        StoreLock lock;
        try {
            lock = StoreLock.take(disk, image, "a tool that deletes it");
        } catch (StoreLockedException used) {
            return;
        }
        try (lock) {
            StoreCopy.deleteTree(disk, image);
        }
    }

    /** Where its files are. */
    Path directory() {
        return directory;
    }

    private void takeAll() throws IOException {
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            try {
                if (takeParts() || hasWholeLog()) {
                    return;
                }
            } catch (NoSuchFileException gone) {
                if (!disk.exists(store.resolve(StoreLayout.STORE))) {
                    throw gone;
                }
            }
        }
        takeParts();
    }

    /** Takes all, and says whether nothing of the log has gone meanwhile: its oldest segment goes first. */
    private boolean takeParts() throws IOException {
        copy(StoreLayout.STORE);
        fresh(StoreLayout.LOG);
        fresh(LINKS);
        linkLog();
        takeTables(StoreLayout.INDEX);
        linkLog();
        takeTables(StoreLayout.STATE);
        linkLog();
        copy(StoreLayout.MANIFEST);
        linkLog();
        takeSegments();
        linkLog();
        List<Path> links = disk.list(directory.resolve(LINKS));
        for (Path link : links) {
            copyLog(link);
        }
        StoreCopy.deleteTree(disk, directory.resolve(LINKS));
        return links.isEmpty() || disk.exists(store.resolve(StoreLayout.LOG).resolve(links.getFirst().getFileName()));
    }

    /** So that what is deleted meanwhile can be copied all the same, with what was written to it before. */
    private void linkLog() throws IOException {
        for (Path segment : disk.list(store.resolve(StoreLayout.LOG))) {
            Path link = directory.resolve(LINKS).resolve(segment.getFileName());
            if (WalFiles.isSegment(segment) && !disk.exists(link)) {
                try {
                    Files.createLink(link, segment);
                } catch (NoSuchFileException gone) {
                    // another may be missing before the next one that is there, which is looked at in the end
                }
            }
        }
    }

    /** Whether the segments follow each other. What is wrong with each of them is for the reader to tell. */
    private boolean hasWholeLog() throws IOException {
        try {
            WalReader.readAll(disk, directory.resolve(StoreLayout.LOG), (lsn, entry, bytes) -> {});
            return true;
        } catch (CorruptStoreException gap) {
            return false;
        }
    }

    private void fresh(String part) throws IOException {
        StoreCopy.deleteTree(disk, directory.resolve(part));
        disk.createDirectories(directory.resolve(part));
    }

    private void copy(String file) throws IOException {
        Files.copy(store.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * A segment that grows is copied from its end to its beginning: a record says how far the log was forced before it,
     * so that all that a copied one speaks of is in the parts that are copied after it. What is torn behind is no entry
     * yet.
     */
    private void copyLog(Path link) throws IOException {
        Path copy = directory.resolve(StoreLayout.LOG).resolve(link.getFileName());
        Path segment = store.resolve(StoreLayout.LOG).resolve(link.getFileName());
        Files.deleteIfExists(copy);
        try (DiskFile from = open(segment, link); DiskFile to = disk.create(copy)) {
            long length = from.length();
            ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
            for (long at = length - 1 - (length - 1) % BLOCK_BYTES; at >= 0; at -= BLOCK_BYTES) {
                block.clear().limit((int) Math.min(BLOCK_BYTES, length - at));
                from.read(block, at);
                to.write(block.flip(), at);
            }
        }
    }

    /** An empty segment may have been replaced by one of the same name, which the link does not know. */
    private DiskFile open(Path segment, Path link) throws IOException {
        try {
            return disk.openReadOnly(segment);
        } catch (NoSuchFileException gone) {
            return disk.openReadOnly(link);
        }
    }

    /**
     * RocksDB's tables are linked. It deletes one only after the manifest has left it out, so that a manifest that has
     * not changed meanwhile has them all.
     */
    private void takeTables(String part) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            fresh(part);
            String current = Files.readString(store.resolve(part).resolve("CURRENT"), StandardCharsets.ISO_8859_1);
            Path manifest = store.resolve(part).resolve(current.strip());
            long length = Files.size(manifest);
            for (Path file : disk.list(store.resolve(part))) {
                takeTable(part, file);
            }
            if (Files.readString(store.resolve(part).resolve("CURRENT"), StandardCharsets.ISO_8859_1).equals(current)
                    && Files.size(manifest) == length) {
                return;
            }
        }
        throw new StoreFailedException("the store in " + store + " changes too fast to be read beside its owner",
                new IOException("the tables in " + part + " changed " + ATTEMPTS + " times"));
    }

    private void takeTable(String part, Path file) throws IOException {
        String name = file.getFileName().toString();
        Path taken = directory.resolve(part).resolve(name);
        try {
            if (name.endsWith(SORTED_TABLE)) {
                Files.createLink(taken, file);
            } else if (StoreCopy.isOfTables(name)) {
                Files.copy(file, taken);
            }
        } catch (NoSuchFileException gone) {
            // then the manifest has changed or will not name it
        }
    }

    private void takeSegments() throws IOException {
        fresh(StoreLayout.SEGMENTS);
        Path from = store.resolve(StoreLayout.SEGMENTS);
        UUID storeId = ClosedStore.storeId(disk, directory);
        for (SegmentMeta segment : ClosedStore.manifest(disk, directory, storeId).segments()) {
            for (SegmentFile kind : segment.files()) {
                boolean needed = kind == SegmentFile.PARQUET || segment.parquetFile().isEmpty();
                Path file = kind.find(disk, from, segment.id());
                if (needed || disk.exists(file)) {
                    takeSegment(file, kind.in(directory.resolve(StoreLayout.SEGMENTS), segment.id()));
                }
            }
        }
    }

    private void takeSegment(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
        } catch (NoSuchFileException gone) {
            if (Files.mismatch(store.resolve(StoreLayout.MANIFEST), directory.resolve(StoreLayout.MANIFEST)) >= 0) {
                throw gone; // it was merged into another
            } // else it is missing, which is for the reader to tell
        }
    }

    /** Deletes it. */
    @Override
    public void close() throws IOException {
        try (lock) {
            StoreCopy.deleteTree(disk, directory);
        }
    }
}
