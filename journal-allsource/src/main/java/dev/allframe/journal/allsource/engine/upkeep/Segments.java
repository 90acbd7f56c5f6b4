package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.journal.allsource.engine.contents.DamagedRowFiles;
import dev.allframe.journal.allsource.engine.contents.FileUses;
import dev.allframe.journal.allsource.engine.contents.RowIndex;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.segment.Digest;
import dev.allframe.journal.allsource.engine.segment.EventSegmentWriter;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.OpenFiles;
import dev.allframe.journal.allsource.engine.segment.RowBlocks;
import dev.allframe.journal.allsource.engine.segment.RowOrder;
import dev.allframe.journal.allsource.engine.segment.SegmentCache;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentLimits;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.engine.segment.SegmentNames;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoredEvent;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The files of sealed segments: writes them, opens them, verifies and deletes them. Who knows of them is the business
 * of {@link Publication}.
 *
 * <p>Opened by one thread; then the sealer's writes segments while the compactor's writes others.
 * An id that was given out is not given out again before the store is opened anew, so that a file of that name is never
 * another's.
 */
public final class Segments implements Closeable {

    /** Bytes of a row besides its payload, about. */
    static final int ROW_BYTES = 100;

    /** One part of so many of the memory for what is decompressed is for blocks, the rest for whole segments. */
    private static final int BLOCK_SHARE = 4;

    private static final Logger LOG = System.getLogger(Segments.class.getName());

    private final Disk disk;
    private final Path directory;
    private final EventSegmentWriter writer;
    private final OpenFiles openFiles;
    private final SegmentCache cache;
    private final DamagedRowFiles damaged = new DamagedRowFiles();
    private final StreamIndex index;
    private final AtomicLong nextId;

    public Segments(Disk disk, Path storeDirectory, UUID storeId, Manifest manifest, StreamIndex index, long cacheBytes)
            throws IOException {
        this.disk = disk;
        this.directory = storeDirectory;
        this.index = index;
        this.nextId = new AtomicLong(manifest.nextSegmentId());
        long blockBytes = cacheBytes / BLOCK_SHARE;
        this.cache = new SegmentCache(cacheBytes - blockBytes);
        this.openFiles = new OpenFiles(disk, files(), storeId, new RowBlocks(blockBytes), OpenFiles.MAX_OPEN);
        this.writer = new EventSegmentWriter(disk, files(), storeId);
        disk.createDirectories(files());
    }

    private Path files() {
        return files(directory);
    }

    /** Where a store's segment files are. */
    public static Path files(Path storeDirectory) {
        return storeDirectory.resolve(StoreLayout.SEGMENTS);
    }

    /**
     * What a manifest names. Has the index know these segments and no others. Opens the files of those alone that the
     * index does not know.
     *
     * @param lsn the entries of the log up to this one are delivered no more
     * @param noteDeleted has the index know the versions of streams that no segment tells. Run where the index lacks a
     *        segment, before it gets it, or does not know them up to that entry: a crash may take the last changes of
     *        the index
     * @throws CorruptStoreException if a file that the manifest names is missing
     */
    public List<SealedSegment> open(Manifest manifest, long lsn, Runnable noteDeleted) throws IOException {
        SegmentNames.mend(disk, files());
        Set<Path> there = new HashSet<>(disk.list(files()));
        List<SealedSegment> opened = new ArrayList<>();
        for (SegmentMeta segment : manifest.segments()) {
            opened.add(segment(segment, present(segment, there), uses(segment.id())));
        }
        tellIndex(opened, lsn, noteDeleted);
        return opened;
    }

    /** The files that a segment has; a row file may have been deleted to make room. */
    private Set<SegmentFile> present(SegmentMeta segment, Set<Path> there) {
        Set<SegmentFile> present = segment.files();
        present.removeIf(file -> !there.contains(file.in(files(), segment.id())));
        SegmentFile needed = segment.parquetFile().isPresent() ? SegmentFile.PARQUET : SegmentFile.ROWS;
        if (!present.contains(needed)) {
            throw SegmentMeta.missing(needed.in(files(), segment.id()));
        }
        return present;
    }

    private void tellIndex(List<SealedSegment> opened, long lsn, Runnable noteDeleted) throws IOException {
        Set<Long> indexed = index.indexedSegments();
        Set<Long> unknown = new HashSet<>(indexed);
        List<SealedSegment> missing = new ArrayList<>();
        for (SealedSegment segment : opened) {
            unknown.remove(segment.id());
            if (!indexed.contains(segment.id())) {
                missing.add(segment);
            }
        }
        boolean behind = index.knownLsn() < lsn;
        if (unknown.isEmpty() && missing.isEmpty() && !behind) {
            return;
        }
        noteDeleted.run();
        if (behind) {
            index.knowsTo(lsn);
        }
        for (SealedSegment segment : missing) {
            addToIndex(segment);
        }
        if (!unknown.isEmpty()) {
            index.removeSegments(unknown);
        }
    }

    /** A segment that was written with all of its files. */
    SealedSegment written(SegmentMeta segment) {
        return segment(segment, segment.files(), uses(segment.id()));
    }

    private FileUses uses(long segmentId) {
        return new FileUses(file -> delete(segmentId, file));
    }

    private SealedSegment segment(SegmentMeta segment, Set<SegmentFile> files, FileUses uses) {
        return new SealedSegment(segment, files, openFiles, cache, uses, damaged);
    }

    private void addToIndex(SealedSegment segment) throws IOException {
        try {
            RowIndex rows = segment.index();
            index.addSegment(segment.id(), rows.runs(), rows.names());
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }

    /**
     * Writes events as segments, which have no Parquet file yet, and which nobody knows.
     *
     * @param events in position order
     * @param begun gets each segment when its files are on disk
     */
    void seal(List<StoredEvent> events, Consumer<Written> begun) throws IOException {
        for (int from = 0; from < events.size();) {
            int until = end(events, from);
            begun.accept(write(RowOrder.sorted(events.subList(from, until)).iterator(), writer::writeRowFile));
            from = until;
        }
    }

    /** A segment on disk, and what the index is to know of it. */
    record Written(SegmentMeta meta, RowIndex rows) {}

    /** Writes rows as a segment with both files, which nobody knows yet. */
    Written write(Iterator<StoredEvent> rows) throws IOException {
        return write(rows, writer::writeBoth);
    }

    private interface Files {

        SegmentMeta write(long segmentId, Iterator<StoredEvent> rows) throws IOException;
    }

    private Written write(Iterator<StoredEvent> rows, Files files) throws IOException {
        RowIndex rowIndex = new RowIndex();
        SegmentMeta meta = files.write(nextId.getAndIncrement(), new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public StoredEvent next() {
                StoredEvent row = rows.next();
                rowIndex.add(row);
                return row;
            }
        });
        return new Written(meta, rowIndex);
    }

    /**
     * Writes the Parquet file of a segment that has none. When this returns, it is on disk, and nobody knows it.
     *
     * @param stopping asked for each row; may throw
     */
    SegmentMeta addParquetFile(SealedSegment segment, Runnable stopping) throws IOException {
        return writer.addParquetFile(segment.meta(), stopping);
    }

    /** A segment that has got one more file. */
    SealedSegment grown(SealedSegment segment, SegmentMeta more) {
        return segment(more, more.files(), segment.uses());
    }

    /** The id of the next segment that is written. */
    long nextId() {
        return nextId.get();
    }

    /** Deletes the files of a segment that nobody knows. */
    void delete(Written written) {
        delete(written.meta.id(), SegmentFile.values());
    }

    /** Deletes the Parquet file of a segment, that nobody knows. */
    void deleteParquetFile(SegmentMeta segment) {
        delete(segment.id(), SegmentFile.PARQUET);
    }

    /** Deletes files of a segment once nobody reads it any more. */
    void deleteUnread(SealedSegment segment, SegmentFile... files) {
        segment.uses().delete(Set.of(files));
        if (files.length == SegmentFile.values().length) {
            cache.forget(segment.id());
        }
    }

    private void delete(long segmentId, SegmentFile... files) {
        for (SegmentFile file : files) {
            Path path = file.in(files(), segmentId);
            openFiles.forget(segmentId, file);
            try {
                if (disk.exists(path)) {
                    disk.delete(path);
                }
            } catch (IOException | RuntimeException failed) {
                LOG.log(Level.WARNING, "the file " + path + ", which is not needed, could not be deleted", failed);
            }
        }
    }

    /**
     * Compares a Parquet file with its checksums in the manifest: it has none for all of its bytes, as a row file has.
     *
     * @throws CorruptStoreException if they differ
     */
    void verifyParquet(SegmentMeta segment) throws IOException {
        verify(segment, SegmentFile.PARQUET);
    }

    /**
     * Compares the files of a segment that has both with their checksums in the manifest. One that is damaged is not
     * read from then on.
     *
     * @return whether both are whole
     * @throws CorruptStoreException if neither is
     */
    boolean isWhole(SealedSegment segment) throws IOException {
        return segment.isWhole(file -> verify(segment.meta(), file));
    }

    /** Compares the row file alone, where the segment has both. */
    void verifyRowFile(SealedSegment segment) throws IOException {
        segment.verifyRowFile(file -> verify(segment.meta(), file));
    }

    private boolean verify(SegmentMeta segment, SegmentFile kind) throws IOException {
        Path path = kind.in(files(), segment.id());
        try (DiskFile file = disk.openReadOnly(path)) {
            Digest digest = kind == SegmentFile.ROWS ? segment.rowFile() : segment.parquetFile().orElseThrow();
            digest.verify(file, path);
            return true;
        }
    }

    /** A segment to be read from its Parquet file alone. */
    SealedSegment withoutRowFile(SealedSegment segment) {
        return segment(segment.meta(), Set.of(SegmentFile.PARQUET), segment.uses());
    }

    /** Deletes what a crash has left: files that the manifest does not name. */
    public void deleteLeftOvers(Manifest manifest) throws IOException {
        new LeftOvers(disk, directory, manifest).delete();
    }

    /** Where a segment that begins with an event ends. */
    private static int end(List<StoredEvent> events, int from) {
        long bytes = 0;
        int until = from;
        while (until < events.size() && until - from < SegmentLimits.MAX_ROWS
                && (until == from || bytes < SegmentLimits.TARGET_RAW_BYTES)) {
            bytes += ROW_BYTES + events.get(until++).envelope().payload().bytes().length;
        }
        return until;
    }

    /** Closes the files, when nobody reads any more. */
    @Override
    public void close() {
        cache.clear();
        openFiles.close();
    }
}
