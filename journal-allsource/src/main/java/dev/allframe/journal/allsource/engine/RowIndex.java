package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.index.NameCount;
import dev.allframe.journal.allsource.engine.index.NameKind;
import dev.allframe.journal.allsource.engine.index.Run;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the index keeps of a segment, collected from its rows in their order. Not thread-safe. */
final class RowIndex {

    private final List<Run> runs = new ArrayList<>();
    private final Map<NameKind, Map<String, Long>> names = new EnumMap<>(NameKind.class);
    private @Nullable StreamId stream;
    private long firstSequenceNr;
    private int firstRow;
    private int row;

    void add(StoredEvent event) {
        if (!event.stream().equals(stream)) {
            endRun();
            stream = event.stream();
            firstSequenceNr = event.sequenceNr();
            firstRow = row;
        }
        row++;
        event.envelope().tags().forEach(tag -> count(NameKind.TAG, tag));
        count(NameKind.EVENT_TYPE, event.envelope().eventType());
        count(NameKind.ENTITY_TYPE, event.stream().entityType());
    }

    private void count(NameKind kind, String name) {
        names.computeIfAbsent(kind, first -> new HashMap<>()).merge(name, 1L, Long::sum);
    }

    private void endRun() {
        if (stream != null) {
            runs.add(new Run(stream, firstSequenceNr, firstRow, row - firstRow));
            stream = null;
        }
    }

    List<Run> runs() {
        endRun();
        return runs;
    }

    List<NameCount> names() {
        List<NameCount> counts = new ArrayList<>();
        names.forEach((kind, byName) -> byName.forEach((name, rows) -> counts.add(new NameCount(kind, name, rows))));
        return counts;
    }
}
