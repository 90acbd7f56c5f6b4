package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.store.CorruptStoreException;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Opens the files of segments when they are read, and keeps those open that were read last. So neither the time in
 * which a store is opened nor the memory for footers, some ten kilobytes each, nor the number of open files grows with
 * the store.
 *
 * <p>Thread-safe: when several ask for a file that is not open, one opens it and the others wait.
 */
public final class OpenFiles implements Closeable {

    /** Fewer than the 1,024 files that many systems allow a process, and enough for 64 million events. */
    public static final int MAX_OPEN = 512;

    private static final Logger LOG = System.getLogger(OpenFiles.class.getName());

    private final Disk disk;
    private final Path directory;
    private final UUID storeId;
    private final RowBlocks blocks;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, OpenFile> files = new LinkedHashMap<>(16, 0.75f, true); // guarded by the lock
    private int maxOpen; // guarded by the lock

    /** A file of a segment. */
    private record Key(long segmentId, SegmentFile kind) {}

    /** A file that is open, or about to be. */
    private final class OpenFile {

        private final SegmentMeta segment;
        private final SegmentFile kind;
        private final ReentrantLock opening = new ReentrantLock();
        private @Nullable SealedRows rows; // guarded by opening
        private int readers; // guarded by the lock of all files
        private boolean forgotten; // guarded by the lock of all files

        OpenFile(SegmentMeta segment, SegmentFile kind) {
            this.segment = segment;
            this.kind = kind;
        }

        SealedRows rows() throws IOException {
            opening.lock();
            try {
                SealedRows open = rows;
                if (open == null) {
                    open = open(segment, kind, blocks);
                    rows = open;
                }
                return open;
            } finally {
                opening.unlock();
            }
        }

        /** Nobody reads it, and nobody finds it any more. */
        void close() {
            opening.lock();
            try (SealedRows closed = rows) {
                rows = null;
            } catch (IOException failed) {
                LOG.log(Level.WARNING, "a file of segment " + segment.id() + " could not be closed", failed);
            } finally {
                opening.unlock();
            }
            if (kind == SegmentFile.ROWS) {
                blocks.forget(segment.id());
            }
        }
    }

    /** What is read of a file. */
    @FunctionalInterface
    public interface Reading<T> {

        /** The rows are open until this returns. */
        T read(SealedRows rows) throws IOException;
    }

    /**
     * Files of which none is open yet.
     *
     * @param directory where they are
     * @param blocks takes what is decompressed of row files, until the file is closed
     * @param maxOpen how many stay open when nobody reads them
     */
    public OpenFiles(Disk disk, Path directory, UUID storeId, RowBlocks blocks, int maxOpen) {
        this.disk = disk;
        this.directory = directory;
        this.storeId = storeId;
        this.blocks = blocks;
        this.maxOpen = maxOpen;
    }

    /**
     * Reads a file.
     *
     * @throws CorruptStoreException if it is damaged where it is read; each attempt looks anew
     */
    public <T> T read(SegmentMeta segment, SegmentFile kind, Reading<T> reading) throws IOException {
        OpenFile file = begin(segment, kind);
        try {
            return reading.read(file.rows());
        } finally {
            end(file);
        }
    }

    private OpenFile begin(SegmentMeta segment, SegmentFile kind) {
        lock.lock();
        try {
            OpenFile file = files.computeIfAbsent(new Key(segment.id(), kind), key -> new OpenFile(segment, kind));
            file.readers++;
            return file;
        } finally {
            lock.unlock();
        }
    }

    private void end(OpenFile file) {
        List<OpenFile> unused = new ArrayList<>();
        lock.lock();
        try {
            file.readers--;
            if (file.forgotten) {
                addIfUnused(file, unused);
            }
            takeOldest(unused);
        } finally {
            lock.unlock();
        }
        unused.forEach(OpenFile::close);
    }

    private static void addIfUnused(OpenFile file, List<OpenFile> unused) {
        if (file.readers == 0) {
            unused.add(file);
        }
    }

    /** Takes away those that are too many and that nobody reads. */
    private void takeOldest(List<OpenFile> unused) {
        Iterator<OpenFile> oldest = files.values().iterator();
        while (files.size() > maxOpen && oldest.hasNext()) {
            OpenFile file = oldest.next();
            if (file.readers == 0) {
                oldest.remove();
                unused.add(file);
            }
        }
    }

    /**
     * Opens a file for one who reads all of it and closes it then.
     *
     * @throws CorruptStoreException if its footer is damaged, or it is of another segment or store
     */
    public SealedRows open(SegmentMeta segment, SegmentFile kind) throws IOException {
        return open(segment, kind, null);
    }

    private SealedRows open(SegmentMeta segment, SegmentFile kind, @Nullable RowBlocks kept) throws IOException {
        Path name = kind.in(directory, segment.id());
        return switch (kind) {
            case ROWS -> RowFile.open(disk, name, storeId, segment.id(), kept);
            case PARQUET ->
                ParquetSegment.open(disk, name, storeId, segment.id(), segment.parquetFile().orElseThrow());
        };
    }

    /** Closes a file that is about to be deleted, when the last who reads it has ended. */
    public void forget(long segmentId, SegmentFile kind) {
        List<OpenFile> unused = new ArrayList<>();
        lock.lock();
        try {
            OpenFile gone = files.remove(new Key(segmentId, kind));
            if (gone != null) {
                gone.forgotten = true;
                addIfUnused(gone, unused);
            }
        } finally {
            lock.unlock();
        }
        unused.forEach(OpenFile::close);
    }

    /** Closes all that nobody reads, and the others when they were read. */
    @Override
    public void close() {
        List<OpenFile> unused = new ArrayList<>();
        lock.lock();
        try {
            maxOpen = 0;
            takeOldest(unused);
        } finally {
            lock.unlock();
        }
        unused.forEach(OpenFile::close);
    }
}
