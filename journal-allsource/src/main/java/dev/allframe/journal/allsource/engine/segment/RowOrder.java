package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The order of the rows of a segment: slice, stream id by UTF-16 code units, sequence number. The events of a stream
 * stand together, and so do those of a range of slices.
 */
public final class RowOrder implements Comparator<StoredEvent> {

    public static final RowOrder INSTANCE = new RowOrder();

    private RowOrder() {}

    @Override
    public int compare(StoredEvent left, StoredEvent right) {
        int streams = compareStreams(left.stream(), right.stream());
        return streams != 0 ? streams : Long.compare(left.sequenceNr(), right.sequenceNr());
    }

    /**
     * Puts events in this order, at the cost of putting their streams in order.
     *
     * @param events in the order of their positions, in which those of a stream have ascending numbers
     */
    public static List<StoredEvent> sorted(List<StoredEvent> events) {
        Map<StreamId, List<StoredEvent>> streams = new HashMap<>();
        for (StoredEvent event : events) {
            streams.computeIfAbsent(event.stream(), first -> new ArrayList<>()).add(event);
        }
        List<Map.Entry<StreamId, List<StoredEvent>>> inOrder = new ArrayList<>(streams.entrySet());
        inOrder.sort(Map.Entry.comparingByKey(RowOrder::compareStreams));
        List<StoredEvent> sorted = new ArrayList<>(events.size());
        inOrder.forEach(stream -> sorted.addAll(stream.getValue()));
        return sorted;
    }

    /** The order of streams in a segment. */
    public static int compareStreams(StreamId left, StreamId right) {
        if (left.equals(right)) {
            return 0;
        }
        int slices = Integer.compare(left.slice(), right.slice());
        return slices != 0 ? slices : left.compareTo(right);
    }
}
