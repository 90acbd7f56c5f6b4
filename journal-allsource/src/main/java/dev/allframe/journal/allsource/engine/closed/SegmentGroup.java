package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.SegmentRescue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Segments that are read together, because their positions overlap: those may that compaction has left behind, where no
 * manifest says which of them count.
 *
 * @param ids of the segments
 * @param lastPosition the highest of their rows
 */
record SegmentGroup(List<Long> ids, long lastPosition) {

    /** The segments of a manifest, each by itself, in the order of positions. */
    static List<SegmentGroup> ofManifest(Manifest manifest) {
        return manifest.segments()
                .stream()
                .map(segment -> new SegmentGroup(List.of(segment.id()), segment.lastPosition()))
                .toList();
    }

    private record Bounds(long id, long first, long last) {}

    /** All segments, in the order of positions; reads every file once for them. */
    static List<SegmentGroup> ofFiles(Disk disk, Path directory, UUID storeId, Set<Long> ids) {
        List<Bounds> all = new ArrayList<>();
        for (long id : ids) {
            SegmentRescue.Found found = SegmentRescue.read(disk, directory, storeId, id, null);
            var positions = found.events().stream().mapToLong(event -> event.position().index()).summaryStatistics();
            all.add(new Bounds(id, positions.getMin(), positions.getMax()));
        }
        all.sort(Comparator.comparingLong(Bounds::first));
        List<SegmentGroup> groups = new ArrayList<>();
        for (Bounds next : all) {
            SegmentGroup before = groups.isEmpty() ? null : groups.getLast();
            if (before != null && next.first <= before.lastPosition) {
                List<Long> joined = new ArrayList<>(before.ids);
                joined.add(next.id);
                groups.set(groups.size() - 1, new SegmentGroup(joined, Math.max(before.lastPosition, next.last)));
            } else {
                groups.add(new SegmentGroup(List.of(next.id), Math.max(next.last, 0)));
            }
        }
        return groups;
    }
}
