package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.tables.Batch;
import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.journal.allsource.tables.KeyValuesStats;
import dev.allframe.store.StreamId;
import dev.allframe.store.spi.PageBuilder;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Knows of the sealed segments: each stream's version and where its rows are, and which segments have rows with a name.
 * All of it can be computed from the segments, and from the streams that were deleted; so nothing is lost with it but
 * time. The format is in {@link IndexFormat}.
 *
 * <p>A change is readable when its call returns and on disk after a later {@link #flush}. A crash leaves a prefix of
 * the changes, at least what was flushed: whoever opens it compares {@link #indexedSegments()} with the segments that
 * there are, and adds or removes the difference.
 *
 * <h2>Threads</h2> Any thread reads, one changes. Each call reads one moment.
 *
 * <h2>Errors</h2> {@link dev.allframe.store.CorruptStoreException} and
 * {@link dev.allframe.store.UnsupportedFormatException}: to be deleted and computed again.
 * {@link dev.allframe.store.StoreFullException}, {@link dev.allframe.store.StoreFailedException}: as they say.
 */
public final class StreamIndex implements AutoCloseable {

    private final KeyValues entries;
    private volatile long streamCount;

    private StreamIndex(KeyValues entries) {
        this.entries = entries;
        byte[] count = entries.get(Table.META, IndexFormat.STREAM_COUNT);
        this.streamCount = count == null ? 0 : IndexFormat.number(Table.META, count);
    }

    /**
     * Opens an index, which may be empty. The index closes the tables.
     *
     * @param entries the tables {@link Table#INDEX}
     * @param storeId the event store; that of another is refused
     */
    public static StreamIndex open(KeyValues entries, String storeId) {
        new StoreHeader("index", storeId).check(entries, Table.INDEX);
        return new StreamIndex(entries);
    }

    /** The version of a stream: its highest sequence number in a segment, or noted; 0 for none. Never decreases. */
    public long version(StreamId stream) {
        byte[] value = entries.get(Table.STREAMS, Keys.of(stream));
        return value == null ? 0 : IndexFormat.number(Table.STREAMS, value);
    }

    /** How many streams have a version. */
    public long streamCount() {
        return streamCount;
    }

    /**
     * A page of the streams that have a version, in the order of {@link StreamId#compareTo}.
     *
     * @param after where to begin, not included, whether or not it exists; null for the beginning
     * @param limit how many at most
     */
    public List<StreamId> streams(@Nullable StreamId after, int limit) {
        PageBuilder<StreamId> page = PageBuilder.ofIds(limit);
        KeyRange range = after == null ? KeyRange.all() : KeyRange.after(Keys.of(after));
        try (Cursor cursor = entries.cursor(Table.STREAMS, range)) {
            while (!page.isFull() && cursor.next()) {
                page.add(Values.readKey(Table.STREAMS, cursor.key(), Keys.Reader::stream));
            }
        }
        return page.elements();
    }

    /**
     * Where rows of a stream are, in ascending order of sequence numbers.
     *
     * @param fromSequenceNr the first wanted, included
     * @param toSequenceNr the last wanted, included
     * @param maxRows the most rows that all locations together have
     * @return locations of wanted rows alone, none where there are none
     */
    public List<Location> locate(StreamId stream, long fromSequenceNr, long toSequenceNr, long maxRows) {
        List<Location> found = new ArrayList<>();
        byte[] key = Keys.of(stream);
        long from = Math.max(1, fromSequenceNr);
        long left = maxRows;
        if (from > toSequenceNr || left < 1) {
            return found;
        }
        Location last = endingAt(key, toSequenceNr); // all of what is wanted, where one asks for the end of a stream
        if (last != null && last.firstSequenceNr() <= from) {
            found.add(last.within(from, lastOf(from, toSequenceNr, left)));
            return found;
        }
        try (Cursor cursor = entries.cursor(Table.RANGES, rangesFrom(key, from))) {
            while (left > 0 && cursor.next()) {
                Location location = IndexFormat.location(cursor.key(), cursor.value());
                if (location.firstSequenceNr() > toSequenceNr) {
                    break;
                }
                long first = Math.max(from, location.firstSequenceNr());
                Location wanted = location.within(from, lastOf(first, toSequenceNr, left));
                found.add(wanted);
                left -= wanted.rows();
            }
        }
        return found;
    }

    /** The last one of a range of numbers that is cut after so many. */
    private static long lastOf(long first, long last, long count) {
        return last - first < count ? last : first + count - 1;
    }

    /** Where the rows of a stream up to a sequence number are, if one ends there: found without a cursor. */
    private @Nullable Location endingAt(byte[] stream, long sequenceNr) {
        byte[] key = IndexFormat.rangeKey(stream, sequenceNr);
        byte[] value = entries.get(Table.RANGES, key);
        return value == null ? null : IndexFormat.location(key, value);
    }

    /** The ranges of a stream that end at a sequence number or above. */
    private static KeyRange rangesFrom(byte[] stream, long sequenceNr) {
        return new KeyRange(IndexFormat.rangeKey(stream, sequenceNr), KeyRange.behindPrefix(stream));
    }

    /** The segments that have rows with a name, and how many. */
    public NavigableMap<Long, Long> segmentsWith(NameKind kind, String name) {
        NavigableMap<Long, Long> found = new TreeMap<>();
        try (Cursor cursor = entries.cursor(Table.NAMES, KeyRange.prefix(IndexFormat.name(kind, name)))) {
            while (cursor.next()) {
                found.put(IndexFormat.nameSegment(cursor.key()), IndexFormat.number(Table.NAMES, cursor.value()));
            }
        }
        return found;
    }

    /** Whether a segment is in the index. */
    public boolean knows(long segmentId) {
        return entries.get(Table.SEGMENTS, Keys.ofUnsigned(segmentId)) != null;
    }

    /** The segments that are in the index. */
    public NavigableSet<Long> indexedSegments() {
        NavigableSet<Long> found = new TreeSet<>();
        try (Cursor cursor = entries.cursor(Table.SEGMENTS, KeyRange.all())) {
            while (cursor.next()) {
                found.add(IndexFormat.segmentId(cursor.key()));
            }
        }
        return found;
    }

    /**
     * Adds a segment, all of it or nothing. One that is there is replaced.
     *
     * @param runs what it has, in its order: by slice, then stream; from row 0, without a gap
     * @param names the names of its rows, each once
     */
    public void addSegment(long segmentId, List<Run> runs, List<NameCount> names) {
        replaceSegments(List.of(), segmentId, runs, names);
    }

    /**
     * Replaces segments by one that has their rows, perhaps fewer, all of it or nothing. Versions of streams stay, also
     * where rows are no more.
     *
     * @param oldIds the segments to remove; what is not there is none to remove
     * @param runs as for {@link #addSegment}
     * @param names as for {@link #addSegment}
     */
    public void replaceSegments(Collection<Long> oldIds, long newId, List<Run> runs, List<NameCount> names) {
        SegmentChange change = new SegmentChange(entries);
        for (long oldId : new TreeSet<>(oldIds)) {
            change.remove(oldId);
        }
        change.remove(newId);
        change.add(newId, runs, names);
        write(change.batch(), change.newStreams());
    }

    /** Removes segments, all of them or none. Versions of streams stay. */
    public void removeSegments(Collection<Long> ids) {
        SegmentChange change = new SegmentChange(entries);
        for (long id : new TreeSet<>(ids)) {
            change.remove(id);
        }
        write(change.batch(), 0);
    }

    /**
     * Up to which entry of the log it knows the versions of streams that no segment tells any more; 0 where nothing
     * says so.
     */
    public long knownLsn() {
        byte[] value = entries.get(Table.META, IndexFormat.KNOWN_LSN);
        return value == null ? 0 : IndexFormat.number(Table.META, value);
    }

    /** Says that every such version was noted, up to an entry of the log. */
    public void knowsTo(long lsn) {
        entries.write(new Batch().put(Table.META, IndexFormat.KNOWN_LSN, IndexFormat.number(lsn)));
    }

    /**
     * Notes that a stream had a version, which no segment may tell any more. Less than what is known changes nothing.
     */
    public void noteStream(StreamId stream, long version) {
        if (version < 1) {
            throw new IllegalArgumentException("stream=" + stream + " version=" + version + ": a version is 1 or more");
        }
        long known = version(stream);
        if (known < version) {
            Batch batch = new Batch().put(Table.STREAMS, Keys.of(stream), IndexFormat.number(version));
            write(batch, known == 0 ? 1 : 0);
        }
    }

    private void write(Batch batch, long newStreams) {
        long count = streamCount + newStreams;
        if (newStreams > 0) {
            batch.put(Table.META, IndexFormat.STREAM_COUNT, IndexFormat.number(count));
        }
        if (!batch.isEmpty()) {
            entries.write(batch);
            streamCount = count;
        }
    }

    /** Calls for each stream with its version, in order. */
    public void forEachStream(ObjLongConsumer<StreamId> visitor) {
        try (Cursor cursor = entries.cursor(Table.STREAMS, KeyRange.all())) {
            while (cursor.next()) {
                visitor.accept(Values.readKey(Table.STREAMS, cursor.key(), Keys.Reader::stream),
                        IndexFormat.number(Table.STREAMS, cursor.value()));
            }
        }
    }

    /** Told of each run. */
    @FunctionalInterface
    public interface RunVisitor {

        /** A run of a segment. */
        void accept(long segmentId, Run run);
    }

    /** Calls for each run of each segment, by stream and sequence number. */
    public void forEachRun(RunVisitor visitor) {
        try (Cursor cursor = entries.cursor(Table.RANGES, KeyRange.all())) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                Location location = IndexFormat.location(key, cursor.value());
                visitor.accept(location.segmentId(), new Run(IndexFormat.rangeStream(key), location.firstSequenceNr(),
                        location.firstRow(), location.rows()));
            }
        }
    }

    /**
     * Compares everything with another index, such as one that was computed again.
     *
     * @param limit how many differences at most
     * @return the first differences in words; none where both are equal
     */
    public List<String> difference(StreamIndex other, int limit) {
        Set<Table> tables = EnumSet.copyOf(Table.INDEX);
        tables.remove(Table.META); // what it counts is compared below; how far it knows is no fact of the segments
        List<String> found = new ArrayList<>(
                TableDifference.find(entries, other.entries, tables, IndexFormat::describe, limit));
        if (found.size() < limit && streamCount != other.streamCount) {
            found.add("it counts " + streamCount + " streams instead of " + other.streamCount);
        }
        return found;
    }

    /** Makes every change durable. */
    public void flush() {
        entries.flush();
    }

    /** As {@link KeyValues#checkpoint}. */
    public void checkpoint(Path directory) {
        entries.checkpoint(directory);
    }

    /** As {@link KeyValues#verify}. */
    public void verify() {
        entries.verify();
    }

    /** What it takes. */
    public KeyValuesStats stats() {
        return entries.stats();
    }

    /** Closes the tables; flushes nothing. */
    @Override
    public void close() {
        entries.close();
    }
}
