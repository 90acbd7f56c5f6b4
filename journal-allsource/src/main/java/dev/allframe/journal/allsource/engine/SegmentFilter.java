package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.index.NameKind;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.store.EventFilter;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Tells from the index and the manifest that a segment has nothing that a filter wants, so that it is not read. For one page, on one thread.
 *
 * <p>A reader may hold a view with a segment that a compaction has taken out of the index. So the index is asked whether it knows the segment after it was
 * asked for the name: what it knows then it knew before, with all its names.
 */
final class SegmentFilter {

    private final StreamIndex index;
    private final Map<Name, Set<Long>> looked = new HashMap<>();

    private record Name(NameKind kind, String name) {}

    SegmentFilter(StreamIndex index) {
        this.index = index;
    }

    private boolean has(NameKind kind, String name, SegmentMeta segment) {
        return looked.computeIfAbsent(new Name(kind, name),
                wanted -> index.segmentsWith(wanted.kind, wanted.name).keySet()).contains(segment.id())
                || !index.knows(segment.id());
    }

    boolean mayMatch(EventFilter filter, SegmentMeta segment) {
        return switch (filter) {
            case EventFilter.All all -> true;
            case EventFilter.ByEntityType(String name) -> has(NameKind.ENTITY_TYPE, name, segment);
            case EventFilter.BySlices slices -> true;
            case EventFilter.ByTag(String tag) -> has(NameKind.TAG, tag, segment);
            case EventFilter.ByEventType(String name) -> has(NameKind.EVENT_TYPE, name, segment);
            case EventFilter.ByTime(var from, var until) -> !segment.maxTimestamp().isBefore(from)
                    && segment.minTimestamp().isBefore(until);
            case EventFilter.And(var filters) -> filters.stream().allMatch(part -> mayMatch(part, segment));
            case EventFilter.Or(var filters) -> filters.stream().anyMatch(part -> mayMatch(part, segment));
        };
    }
}
