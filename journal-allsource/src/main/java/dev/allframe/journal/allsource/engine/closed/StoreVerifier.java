package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.contents.RowIndex;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.index.Table;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.segment.Digest;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.ParquetSegment;
import dev.allframe.journal.allsource.engine.segment.RowFile;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.tables.MemoryKeyValues;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads every byte of a closed store and compares: checksums, then each part with the others. Goes on behind damage
 * with what can still be checked, and changes nothing. Needs memory for each stream and for an index of the segments.
 */
public final class StoreVerifier {

    private static final int MAX_DIFFERENCES = 20;

    /** Told of what is found. */
    public interface Report {

        /** Something is not as it was written; says where. */
        void damage(String what);

        /** Something that is as it may be, and that a reader should know. */
        void note(String what);

        /** So many more bytes of segments were read. */
        void read(long bytes);
    }

    private final ClosedStore store;
    private final Report report;
    private final StreamIndex rebuilt;
    private final Set<Long> readable = new HashSet<>();
    private final Set<Long> unreadable = new HashSet<>();

    private StoreVerifier(ClosedStore store, UUID storeId, Report report) {
        this.store = store;
        this.report = report;
        this.rebuilt = StreamIndex.open(MemoryKeyValues.open(Table.INDEX), storeId.toString());
    }

    /** Checks everything. */
    public static void verify(ClosedStore store, Report report) {
        UUID storeId;
        try {
            storeId = store.storeId();
        } catch (IOException | RuntimeException unreadable) {
            report.damage("identity: " + words(unreadable) + "; without it nothing else can be checked");
            return;
        }
        new StoreVerifier(store, storeId, report).verifyAll(storeId);
    }

    private interface Check<T> {

        T run() throws IOException;
    }

    /** What a check gives; null where it found damage, which is told. */
    private <T> @Nullable T attempt(String part, Check<T> check) {
        try {
            return check.run();
        } catch (IOException | RuntimeException found) {
            report.damage(part + ": " + words(found));
            return null;
        }
    }

    private static String words(Exception found) {
        if (found instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
            return words(wrapped.getCause());
        }
        return found instanceof NoSuchFileException missing
                ? "file=" + missing.getFile() + ": is missing"
                : Failures.message(found);
    }

    private void verifyAll(UUID storeId) {
        Manifest manifest = attempt("manifest", store::manifest);
        StateStore state = attempt("state", store::state);
        try {
            boolean stateIsWhole = state != null && attempt("state", () -> {
                state.verify();
                return true;
            }) != null;
            StreamContinuity streams = new StreamContinuity(stateIsWhole ? state : null);
            LogCheck log = new LogCheck(manifest, stateIsWhole ? state : null);
            boolean logIsWhole = attempt("log", () -> log.read(store, storeId, report)) != null;
            if (manifest != null) {
                for (SegmentMeta segment : manifest.segments()) {
                    attempt("segment " + segment.id(), () -> verify(storeId, segment, streams));
                }
                log.tail().forEach(event -> attempt("log", () -> streams.add(event)));
                verifyIndex(manifest, stateIsWhole ? state : null, log);
            }
            if (state != null && stateIsWhole && logIsWhole && manifest != null && unreadable.isEmpty()) {
                attempt("counters", () -> verifyCount(state, streams, log.lastPosition()));
            }
        } finally {
            if (state != null) {
                state.close();
            }
        }
    }

    private boolean verifyCount(StateStore state, StreamContinuity streams, long lastPosition) {
        long expected = lastPosition - state.counters().deletedEvents();
        if (streams.kept() != expected) {
            throw new CorruptStoreException("there are " + streams.kept() + " events, and of " + lastPosition
                    + " positions " + state.counters().deletedEvents() + " were deleted");
        }
        return true;
    }

    private boolean verify(UUID storeId, SegmentMeta meta, StreamContinuity streams) throws IOException {
        Path parquet = SegmentFile.PARQUET.find(store.disk(), store.segmentDirectory(), meta.id());
        Path rows = SegmentFile.ROWS.find(store.disk(), store.segmentDirectory(), meta.id());
        Digest parquetDigest = meta.parquetFile().orElse(null);
        boolean parquetIsWhole = parquetDigest != null
                && attempt("segment " + meta.id(), () -> verify(parquet, parquetDigest)) != null;
        boolean hasRows = parquetDigest == null || store.disk().exists(rows);
        if (parquetDigest == null) {
            report.note("segment " + meta.id() + " has no Parquet file yet; flush() or compact writes it");
        } else if (!hasRows) {
            report.note("segment " + meta.id() + " has no row file; reads of its streams are slower");
        }
        boolean rowsAreWhole = hasRows
                && attempt("segment " + meta.id(), () -> verify(rows, meta.rowFile())) != null;
        unreadable.add(meta.id());
        if (!parquetIsWhole && !rowsAreWhole) {
            return false;
        }
        if (hasRows && parquetDigest != null && parquetIsWhole != rowsAreWhole) {
            report.note("segment " + meta.id() + ": its " + (rowsAreWhole ? "row file" : "Parquet file")
                    + " is whole and is read instead; 'store compact' writes the segment anew from it");
        }
        try (ParquetSegment cold = parquetIsWhole && parquetDigest != null
                ? ParquetSegment.open(store.disk(), parquet, storeId, meta.id(), parquetDigest)
                : null;
                RowFile hot = rowsAreWhole ? RowFile.open(store.disk(), rows, storeId, meta.id()) : null) {
            Iterator<StoredEvent> first = cold != null
                    ? cold.rows()
                    : hot != null
                            ? hot.rows()
                            : List
                                    .<StoredEvent>of()
                                    .iterator();
            Iterator<StoredEvent> second = cold != null && hot != null ? hot.rows() : null;
            verifyRows(meta, first, second, streams);
        }
        unreadable.remove(meta.id());
        readable.add(meta.id());
        return true;
    }

    private boolean verify(Path name, Digest digest) throws IOException {
        try (DiskFile file = store.disk().openReadOnly(name)) {
            digest.verify(file, name);
        } finally {
            report.read(digest.length());
        }
        return true;
    }

    private void verifyRows(SegmentMeta meta, Iterator<StoredEvent> rows, @Nullable Iterator<StoredEvent> same,
            StreamContinuity streams) {
        RowIndex index = new RowIndex();
        long[] positions = new long[meta.rows()];
        int count = 0;
        while (rows.hasNext()) {
            StoredEvent row = rows.next();
            if (same != null && !(same.hasNext() && same.next().equals(row))) {
                throw new CorruptStoreException("row " + count + " differs between row file and Parquet file, stream="
                        + row.stream() + " sequenceNr=" + row.sequenceNr());
            }
            if (count == positions.length) {
                throw new CorruptStoreException("it has more rows than the " + meta.rows() + " of the manifest");
            }
            positions[count++] = row.position().index();
            index.add(row);
            attempt("segment " + meta.id(), () -> streams.add(row));
        }
        if (count != meta.rows() || (same != null && same.hasNext())) {
            throw new CorruptStoreException("it has " + count + " rows, and " + meta.rows() + " in the manifest");
        }
        verifyPositions(meta, positions);
        rebuilt.addSegment(meta.id(), index.runs(), index.names());
    }

    private static void verifyPositions(SegmentMeta meta, long[] positions) {
        Arrays.sort(positions);
        if (positions[0] != meta.firstPosition() || positions[positions.length - 1] != meta.lastPosition()) {
            throw new CorruptStoreException("it has positions " + positions[0] + " to "
                    + positions[positions.length - 1] + ", and " + meta.firstPosition() + " to " + meta.lastPosition()
                    + " in the manifest");
        }
        for (int i = 1; i < positions.length; i++) {
            if (positions[i] == positions[i - 1]) {
                throw new CorruptStoreException("two rows have position " + positions[i]);
            }
        }
    }

    private void verifyIndex(Manifest manifest, @Nullable StateStore state, LogCheck log) {
        if (!store.disk().exists(store.directory().resolve(StoreLayout.INDEX))) {
            report.note("there is no index; it is computed when the store is opened");
            return;
        }
        attempt("index, which can be deleted and is computed anew then", () -> {
            try (StreamIndex index = store.index()) {
                index.verify();
                compareIndex(manifest, state, log, index);
            }
            return true;
        });
    }

    private void compareIndex(Manifest manifest, @Nullable StateStore state, LogCheck log, StreamIndex index) {
        Set<Long> indexed = index.indexedSegments();
        Set<Long> unknown = new HashSet<>(indexed);
        for (SegmentMeta segment : manifest.segments()) {
            unknown.remove(segment.id());
            if (!indexed.contains(segment.id())) {
                report.note(
                        "the index does not know segment " + segment.id() + " yet; it will when the store is opened");
            }
        }
        if (!unreadable.isEmpty()) {
            report.note("the index is not compared with the segments, as not all of them can be read");
            return;
        }
        if (!unknown.isEmpty() || !indexed.containsAll(readable)) {
            report.note("the index is not compared with the segments: it is behind them, as a crash may leave it");
            return;
        }
        if (state != null) {
            state.forEachDeleted((stream, to) -> compareDeleted(stream, to, index, log));
        }
        rebuilt.difference(index, MAX_DIFFERENCES)
                .forEach(difference -> report
                        .damage("index, which can be deleted and is computed anew then: segments (here) and index (there): "
                                + difference));
    }

    /** Of a deleted stream the segments may have no row; its version is in the index or in the log then. */
    private void compareDeleted(StreamId stream, long to, StreamIndex index, LogCheck log) {
        long version = index.version(stream);
        if (version < to && !log.hasStream(stream)) {
            report.damage("index, which can be deleted and is computed anew then: stream=" + stream + " has version "
                    + version + ", and was deleted up to " + to);
        }
        if (version > 0) {
            rebuilt.noteStream(stream, version);
        }
    }
}
