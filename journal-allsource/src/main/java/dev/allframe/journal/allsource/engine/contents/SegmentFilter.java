package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.journal.allsource.engine.index.NameKind;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.store.EventFilter;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells from the index and the manifest how much of a segment a filter wants, so that what nobody wants is not read.
 * For one page, on one thread.
 *
 * <p>A reader may hold a view with a segment that a compaction has taken out of the index. So the index is asked
 * whether it knows the segment after it was asked for the name: what it knows then it knew before, with all its names.
 */
public final class SegmentFilter {

    /**
     * A part is loaded by itself where it is at most this share of a segment; else the whole is, which serves every
     * filter.
     */
    private static final int NARROW = 4;

    /** A filter of more parts asks a file's columns so often that reading all of it is cheaper. */
    private static final int MAX_PARTS = 16;

    private static final EventFilter.BySlices ALL_SLICES = new EventFilter.BySlices(0, StreamId.SLICES - 1);

    private final StreamIndex index;
    private final Map<Name, Map<Long, Long>> looked = new HashMap<>();

    private record Name(NameKind kind, String name) {}

    public SegmentFilter(StreamIndex index) {
        this.index = index;
    }

    /** Which part of a segment to load; null where nothing of it is wanted. */
    public @Nullable EventFilter part(EventFilter filter, SealedSegment segment) {
        long rows = rows(filter, segment.meta());
        if (rows == 0) {
            return null;
        }
        if (!segment.hasRowFile() && isNarrow(rows, segment.meta().rows()) && parts(filter) <= MAX_PARTS) {
            return filter;
        }
        EventFilter.BySlices slices = slices(filter);
        return isNarrow(slices.last() - slices.first() + 1, StreamId.SLICES) ? slices : EventFilter.all();
    }

    private static int parts(EventFilter filter) {
        return switch (filter) {
            case EventFilter.And(var filters) -> 1 + filters.stream().mapToInt(SegmentFilter::parts).sum();
            case EventFilter.Or(var filters) -> 1 + filters.stream().mapToInt(SegmentFilter::parts).sum();
            default -> 1;
        };
    }

    private static boolean isNarrow(long part, long all) {
        return part <= all / NARROW;
    }

    /** How many rows are wanted, about; 0 where none is. */
    private long rows(EventFilter filter, SegmentMeta segment) {
        return switch (filter) {
            case EventFilter.All all -> segment.rows();
            case EventFilter.ByEntityType(String name) -> rows(NameKind.ENTITY_TYPE, name, segment);
            case EventFilter.BySlices(int first, int last) ->
                1 + (long) segment.rows() * (last - first + 1) / StreamId.SLICES;
            case EventFilter.ByTag(String tag) -> rows(NameKind.TAG, tag, segment);
            case EventFilter.ByEventType(String name) -> rows(NameKind.EVENT_TYPE, name, segment);
            case EventFilter.ByTime time -> rows(time, segment);
            case EventFilter.And(var filters) -> filters.stream()
                    .mapToLong(part -> rows(part, segment))
                    .min()
                    .orElse(segment.rows());
            case EventFilter.Or(var filters) -> filters.stream().mapToLong(part -> rows(part, segment)).sum();
        };
    }

    /** As many as if the times of the rows were evenly spread, one at least where any may be wanted. */
    private static long rows(EventFilter.ByTime time, SegmentMeta segment) {
        Instant first = segment.minTimestamp();
        Instant last = segment.maxTimestamp();
        if (last.isBefore(time.from()) || !first.isBefore(time.until())) {
            return 0;
        }
        Instant from = time.from().isAfter(first) ? time.from() : first;
        Instant until = time.until().isBefore(last) ? time.until() : last;
        double all = seconds(first, last);
        return all <= 0 ? segment.rows() : 1 + (long) (segment.rows() * Math.max(0, seconds(from, until)) / all);
    }

    /** Does not overflow, as a number of milliseconds would. */
    private static double seconds(Instant from, Instant until) {
        return (double) until.getEpochSecond() - from.getEpochSecond() + (until.getNano() - from.getNano()) / 1e9;
    }

    private long rows(NameKind kind, String name, SegmentMeta segment) {
        Long found = looked.computeIfAbsent(new Name(kind, name),
                wanted -> index.segmentsWith(wanted.kind, wanted.name)).get(segment.id());
        if (found == null) {
            return index.knows(segment.id()) ? 0 : segment.rows();
        }
        return found;
    }

    /** Slices among which are all that a filter wants. */
    private static EventFilter.BySlices slices(EventFilter filter) {
        return switch (filter) {
            case EventFilter.BySlices slices -> slices;
            case EventFilter.And(var filters) -> filters.stream()
                    .map(SegmentFilter::slices)
                    .min(Comparator.comparingInt(slices -> slices.last() - slices.first()))
                    .orElse(ALL_SLICES);
            case EventFilter.Or(var filters) -> filters.stream()
                    .map(SegmentFilter::slices)
                    .reduce((one, other) -> new EventFilter.BySlices(Math.min(one.first(), other.first()),
                            Math.max(one.last(), other.last())))
                    .orElse(ALL_SLICES);
            default -> ALL_SLICES;
        };
    }
}
