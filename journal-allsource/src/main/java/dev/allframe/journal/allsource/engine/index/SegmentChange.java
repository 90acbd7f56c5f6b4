package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.tables.Batch;
import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the entries that come and go with segments in one batch. First everything is removed, then one segment is
 * added. Not thread-safe.
 */
final class SegmentChange {

    private static final Comparator<Run> ORDER = Comparator.comparingInt((Run run) -> run.stream().slice())
            .thenComparing(Run::stream);

    private final KeyValues entries;
    private final Batch batch = new Batch();
    private long newStreams;

    SegmentChange(KeyValues entries) {
        this.entries = entries;
    }

    Batch batch() {
        return batch;
    }

    /** How many streams had no version before. */
    long newStreams() {
        return newStreams;
    }

    void remove(long segmentId) {
        KeyRange parts = KeyRange.prefix(Keys.ofUnsigned(segmentId));
        try (Cursor cursor = entries.cursor(Table.CONTENTS, parts)) {
            while (cursor.next()) {
                removePart(segmentId, IndexFormat.contents(segmentId, cursor.value()));
                batch.delete(Table.CONTENTS, cursor.key());
            }
        }
        byte[] key = Keys.ofUnsigned(segmentId);
        if (entries.get(Table.SEGMENTS, key) != null) {
            batch.delete(Table.SEGMENTS, key);
        }
    }

    /** A range that another segment has taken over since is that one's. */
    private void removePart(long segmentId, List<IndexFormat.Brought> part) {
        List<byte[]> ranges = new ArrayList<>(part.size());
        for (IndexFormat.Brought brought : part) {
            if (brought.table() == Table.RANGES) {
                ranges.add(brought.key());
            } else {
                batch.delete(brought.table(), brought.key());
            }
        }
        List<byte @Nullable []> values = entries.getAll(Table.RANGES, ranges);
        for (int i = 0; i < ranges.size(); i++) {
            byte[] value = values.get(i);
            if (value != null && IndexFormat.location(ranges.get(i), value).segmentId() == segmentId) {
                batch.delete(Table.RANGES, ranges.get(i));
            }
        }
    }

    void add(long segmentId, List<Run> runs, List<NameCount> names) {
        long rows = checkedRows(segmentId, runs);
        long part = 0;
        for (int from = 0; from < runs.size(); from += IndexFormat.PART) {
            List<Run> some = runs.subList(from, Math.min(runs.size(), from + IndexFormat.PART));
            batch.put(Table.CONTENTS, IndexFormat.contentsKey(segmentId, part++), addRuns(segmentId, some));
        }
        for (int from = 0; from < names.size(); from += IndexFormat.PART) {
            List<NameCount> some = names.subList(from, Math.min(names.size(), from + IndexFormat.PART));
            batch.put(Table.CONTENTS, IndexFormat.contentsKey(segmentId, part++), IndexFormat.names(some));
            for (NameCount name : some) {
                batch.put(Table.NAMES, IndexFormat.nameKey(IndexFormat.name(name.kind(), name.name()), segmentId),
                        IndexFormat.number(name.rows()));
            }
        }
        batch.put(Table.SEGMENTS, Keys.ofUnsigned(segmentId), IndexFormat.segment(rows, runs.size()));
    }

    private byte[] addRuns(long segmentId, List<Run> runs) {
        List<byte[]> streams = new ArrayList<>(runs.size());
        for (Run run : runs) {
            streams.add(Keys.of(run.stream()));
        }
        List<byte @Nullable []> versions = entries.getAll(Table.STREAMS, streams);
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            byte[] stream = streams.get(i);
            byte[] version = versions.get(i);
            if (version == null) {
                newStreams++;
            }
            if (version == null || IndexFormat.number(Table.STREAMS, version) < run.lastSequenceNr()) {
                batch.put(Table.STREAMS, stream, IndexFormat.number(run.lastSequenceNr()));
            }
            batch.put(Table.RANGES, IndexFormat.rangeKey(stream, run.lastSequenceNr()),
                    IndexFormat.range(segmentId, run.firstRow(), run.rows()));
        }
        return IndexFormat.runs(streams, runs);
    }

    /** Each stream stands once and every row is in a run; a segment that is not so would be read wrongly. */
    private static long checkedRows(long segmentId, List<Run> runs) {
        long rows = 0;
        Run before = null;
        for (Run run : runs) {
            if (run.firstRow() != rows) {
                throw new IllegalArgumentException("segment=" + segmentId + " " + run + ": the next row is " + rows);
            }
            if (before != null && ORDER.compare(before, run) >= 0) {
                throw new IllegalArgumentException("segment=" + segmentId + " " + run + " stands behind " + before);
            }
            before = run;
            rows += run.rows();
        }
        return rows;
    }
}
