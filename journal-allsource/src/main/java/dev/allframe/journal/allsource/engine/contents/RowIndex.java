package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.journal.allsource.engine.index.NameCount;
import dev.allframe.journal.allsource.engine.index.NameKind;
import dev.allframe.journal.allsource.engine.index.Run;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the index keeps of a segment, collected from its rows in their order. Not thread-safe. */
public final class RowIndex {

    private final List<Run> runs = new ArrayList<>();
    private final Map<String, Count> tags = new HashMap<>();
    private final Map<String, Count> eventTypes = new HashMap<>();
    private final Map<String, Count> entityTypes = new HashMap<>();
    private @Nullable StreamId stream;
    private long firstSequenceNr;
    private int firstRow;
    private int row;

    /** Of all rows of a segment. */
    public static RowIndex of(Iterator<StoredEvent> rows) {
        RowIndex index = new RowIndex();
        rows.forEachRemaining(index::add);
        return index;
    }

    public void add(StoredEvent event) {
        if (!event.stream().equals(stream)) {
            endRun();
            stream = event.stream();
            firstSequenceNr = event.sequenceNr();
            firstRow = row;
        }
        row++;
        event.envelope().tags().forEach(tag -> count(tags, tag, 1));
        count(eventTypes, event.envelope().eventType(), 1);
    }

    private static final class Count {

        private long rows;
    }

    private static void count(Map<String, Count> names, String name, long rows) {
        names.computeIfAbsent(name, first -> new Count()).rows += rows;
    }

    private void endRun() {
        if (stream != null) {
            runs.add(new Run(stream, firstSequenceNr, firstRow, row - firstRow));
            count(entityTypes, stream.entityType(), row - firstRow);
            stream = null;
        }
    }

    public List<Run> runs() {
        endRun();
        return runs;
    }

    public List<NameCount> names() {
        endRun();
        List<NameCount> counts = new ArrayList<>();
        addTo(counts, NameKind.TAG, tags);
        addTo(counts, NameKind.EVENT_TYPE, eventTypes);
        addTo(counts, NameKind.ENTITY_TYPE, entityTypes);
        return counts;
    }

    private static void addTo(List<NameCount> counts, NameKind kind, Map<String, Count> names) {
        names.forEach((name, count) -> counts.add(new NameCount(kind, name, count.rows)));
    }
}
