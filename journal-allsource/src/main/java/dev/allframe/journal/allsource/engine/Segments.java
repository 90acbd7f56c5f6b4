package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.ParquetSegment;
import dev.allframe.journal.allsource.engine.segment.RowFile;
import dev.allframe.journal.allsource.engine.segment.RowOrder;
import dev.allframe.journal.allsource.engine.segment.SegmentCache;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentLimits;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.engine.segment.SegmentWriter;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The sealed segments on disk: writes them, opens them, keeps the manifest and tells the index.
 *
 * <p>Used by one thread at a time: by the opening one, then by the sealer's.
 */
final class Segments {

    /** Bytes of a row besides its payload, about. */
    private static final int ROW_BYTES = 100;

    private final Disk disk;
    private final Path directory;
    private final UUID storeId;
    private final SegmentWriter writer;
    private final SegmentCache cache;
    private final StreamIndex index;
    private Manifest manifest;

    Segments(Disk disk, Path storeDirectory, UUID storeId, Manifest manifest, StreamIndex index, long cacheBytes)
            throws IOException {
        this.disk = disk;
        this.directory = storeDirectory;
        this.storeId = storeId;
        this.manifest = manifest;
        this.index = index;
        this.cache = new SegmentCache(cacheBytes);
        this.writer = new SegmentWriter(disk, files(), storeId);
        disk.createDirectories(files());
    }

    private Path files() {
        return directory.resolve("segments");
    }

    /**
     * Opens what the manifest names, and has the index know these segments and no others.
     *
     * @param indexChanged run where the index did not know them
     */
    List<SealedSegment> open(Runnable indexChanged) throws IOException {
        List<SealedSegment> opened = new ArrayList<>();
        boolean complete = false;
        try {
            for (SegmentMeta segment : manifest.segments()) {
                opened.add(open(segment));
            }
            tellIndex(opened, indexChanged);
            complete = true;
            return opened;
        } finally {
            if (!complete) {
                opened.forEach(SealedSegment::close);
            }
        }
    }

    private void tellIndex(List<SealedSegment> opened, Runnable indexChanged) {
        Set<Long> indexed = index.indexedSegments();
        Set<Long> unknown = new HashSet<>(indexed);
        for (SealedSegment segment : opened) {
            unknown.remove(segment.id());
            if (!indexed.contains(segment.id())) {
                addToIndex(segment);
            }
        }
        if (!unknown.isEmpty()) {
            index.removeSegments(unknown);
        }
        if (!unknown.isEmpty() || indexed.size() < opened.size()) {
            indexChanged.run();
        }
    }

    private SealedSegment open(SegmentMeta segment) throws IOException {
        Path rows = SegmentFile.ROWS.in(files(), segment.id());
        ParquetSegment columns = ParquetSegment.open(disk, SegmentFile.PARQUET.in(files(), segment.id()), storeId,
                segment.id());
        try {
            RowFile hot = disk.exists(rows) ? RowFile.open(disk, rows, storeId, segment.id()) : null;
            return new SealedSegment(segment, hot, columns, cache);
        } catch (IOException | RuntimeException failed) {
            try (columns) {
                throw failed;
            }
        }
    }

    private void addToIndex(SealedSegment segment) {
        RowIndex rows = new RowIndex();
        for (Iterator<StoredEvent> all = segment.all(); all.hasNext();) {
            rows.add(all.next());
        }
        index.addSegment(segment.id(), rows.runs(), rows.names());
    }

    /**
     * Writes events as segments. When this returns they are on disk, in the manifest and in the index.
     *
     * @param events in position order
     * @param lsn the log's entries up to this one are in segments then
     */
    List<SealedSegment> seal(List<StoredEvent> events, long lsn) throws IOException {
        List<SegmentMeta> all = new ArrayList<>(manifest.segments());
        List<SegmentMeta> added = new ArrayList<>();
        List<RowIndex> rows = new ArrayList<>();
        long id = manifest.nextSegmentId();
        for (int from = 0; from < events.size();) {
            int until = end(events, from);
            List<StoredEvent> sorted = new ArrayList<>(events.subList(from, until));
            sorted.sort(RowOrder.INSTANCE);
            added.add(writer.seal(id++, sorted.iterator()));
            RowIndex index = new RowIndex();
            sorted.forEach(index::add);
            rows.add(index);
            from = until;
        }
        all.addAll(added);
        Manifest changed = new Manifest(storeId, id, Math.max(lsn, manifest.sealedLsn()), all);
        changed.store(disk, directory);
        manifest = changed;
        List<SealedSegment> sealed = new ArrayList<>();
        for (int i = 0; i < added.size(); i++) {
            index.addSegment(added.get(i).id(), rows.get(i).runs(), rows.get(i).names());
            sealed.add(open(added.get(i)));
        }
        index.flush();
        return sealed;
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

    Manifest manifest() {
        return manifest;
    }
}
