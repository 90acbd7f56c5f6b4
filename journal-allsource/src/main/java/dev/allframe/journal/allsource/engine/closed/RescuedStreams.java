package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The streams of a store that is being rescued: takes their events as far as they follow each other, gives them new
 * positions, and knows what each stream has lost. For one thread, once.
 */
final class RescuedStreams {

    private final String storeId;
    private final StateStore state;
    private final boolean stateIsThere;
    private final NewStore target;
    private final Rescue.Report report;
    private final Map<StreamId, Long> versions = new HashMap<>();
    private final Map<StreamId, Cut> cuts = new TreeMap<>();
    private final Map<StreamId, Long> begins = new TreeMap<>();
    private long position;

    /**
     * Where a stream is cut.
     *
     * @param expected the number that should come next
     * @param found the number that came
     * @param events how many there were behind the gap
     */
    private record Cut(long expected, long found, long events) {

        Cut plusOne() {
            return new Cut(expected, found, events + 1);
        }
    }

    /**
     * Of one store.
     *
     * @param stateIsThere whether the state says what was deleted; else a stream may begin with any number
     */
    RescuedStreams(String storeId, StateStore state, boolean stateIsThere, NewStore target, Rescue.Report report) {
        this.storeId = storeId;
        this.state = state;
        this.stateIsThere = stateIsThere;
        this.target = target;
        this.report = report;
    }

    /** Takes the next event, in the order of positions, unless it is deleted or its stream is cut. */
    void take(StoredEvent event) {
        StreamId stream = event.stream();
        long sequenceNr = event.sequenceNr();
        long deletedTo = state.deletedTo(stream);
        if (sequenceNr <= deletedTo) {
            return;
        }
        Cut cut = cuts.get(stream);
        if (cut != null) {
            cuts.put(stream, cut.plusOne());
            return;
        }
        Long last = versions.get(stream);
        long expected = Math.max(last == null ? 0 : last, deletedTo) + 1;
        if (sequenceNr != expected) {
            if (last != null || stateIsThere || sequenceNr < expected) {
                cuts.put(stream, new Cut(expected, sequenceNr, 1));
                return;
            }
            begins.put(stream, sequenceNr - 1);
        }
        versions.put(stream, sequenceNr);
        target.add(new StoredEvent(stream, sequenceNr, new Position(storeId, 0, 0, ++position),
                event.writer(), event.envelope()));
        report.taken(1);
    }

    /** The last number that a stream has in the new store. */
    long version(StreamId stream) {
        return Math.max(versions.getOrDefault(stream, 0L),
                Math.max(state.deletedTo(stream), begins.getOrDefault(stream, 0L)));
    }

    /** Whether events of a stream are left out. */
    boolean isCut(StreamId stream) {
        return cuts.containsKey(stream);
    }

    /** Has what stood before the first event of a stream, of which nobody knows, count as deleted. */
    void tellBegins() {
        begins.forEach((stream, to) -> {
            if (to > state.deletedTo(stream)) {
                target.addDeleted(stream, to);
                report.lost("stream=" + stream + " begins with event " + (to + 1)
                        + "; those before it were deleted or are lost, and count as deleted");
            }
        });
    }

    /** Tells which streams are cut. */
    void tellCuts() {
        cuts.forEach((stream, cut) -> report.lost("stream=" + stream + " is cut behind event " + (cut.expected - 1)
                + ": event " + cut.found + " came instead of " + cut.expected + ", and " + cut.events
                + " events from there on are left out"));
    }

    /** Tells what a stream has lost at its end, where the index knew of more. */
    void compare(StreamId stream, long known) {
        if (known > version(stream) && !cuts.containsKey(stream)) {
            report.lost("stream=" + stream + " ends with event " + version(stream) + ", and had events up to " + known);
        }
    }
}
