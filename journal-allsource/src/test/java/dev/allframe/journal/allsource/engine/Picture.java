package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.store.DurableState;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.StreamPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Everything that a store answers.
 *
 * @param events in position order
 * @param tagged those with the tag {@link Model#TAG}, as the store filters them
 * @param streams the events of each stream that ever had one
 * @param versions of all streams that ever had an event
 * @param snapshots of all streams, the newest first
 * @param changes of durable states, of each the last
 * @param stateIds those that have a value
 * @param lastPosition of the last event ever
 */
record Picture(List<StoredEvent> events, List<StoredEvent> tagged, Map<StreamId, List<StoredEvent>> streams,
        Map<StreamId, Long> versions, Map<StreamId, List<Snapshot>> snapshots, List<DurableState> changes,
        List<StreamId> stateIds, Position lastPosition) {

    private static final int PAGE = 7;

    /** Reads it in small pages. */
    static Picture of(EventStoreBackend store) {
        return of(store, PAGE);
    }

    /** Reads it. */
    static Picture of(EventStoreBackend store, int page) {
        Map<StreamId, List<StoredEvent>> streams = new TreeMap<>();
        Map<StreamId, Long> versions = new TreeMap<>();
        for (StreamId id : ids(store)) {
            streams.put(id, stream(store, id, page));
            versions.put(id, Stages.get(store.highestSequenceNr(id)));
        }
        Map<StreamId, List<Snapshot>> snapshots = new TreeMap<>();
        Model.IDS.forEach(id -> snapshots.put(id, snapshots(store, id)));
        return new Picture(events(store, EventFilter.all(), page), events(store, EventFilter.tag(Model.TAG), page),
                streams,
                versions, snapshots, changes(store), Stages.get(store.getStateIds(null, 1000)),
                Stages.get(store.lastPosition()));
    }

    private static List<StreamId> ids(EventStoreBackend store) {
        List<StreamId> ids = new ArrayList<>();
        List<StreamId> page;
        do {
            page = Stages.get(store.getStreams(ids.isEmpty() ? null : ids.getLast(), 2));
            ids.addAll(page);
        } while (!page.isEmpty());
        return ids;
    }

    private static List<StoredEvent> stream(EventStoreBackend store, StreamId id, int limit) {
        List<StoredEvent> events = new ArrayList<>();
        List<StoredEvent> page;
        do {
            page = Stages.get(store.getEventsAfter(id, events.isEmpty() ? 0 : events.getLast().sequenceNr(), limit));
            events.addAll(page);
        } while (page.size() == limit);
        StreamPage first = Stages.get(store.getStreamPage(id, 1, Long.MAX_VALUE, limit));
        assertThat(first.events()).isEqualTo(events.subList(0, Math.min(limit, events.size())));
        assertThat(first.highestSequenceNr()).isEqualTo(Stages.get(store.highestSequenceNr(id)));
        assertThat(Stages.get(store.getEventsBackwards(id, Long.MAX_VALUE, 10_000))).isEqualTo(events.reversed());
        return events;
    }

    private static List<StoredEvent> events(EventStoreBackend store, EventFilter filter, int limit) {
        List<StoredEvent> events = new ArrayList<>();
        Position after = Position.START;
        EventPage page;
        do {
            page = Stages.get(store.getAllEvents(filter, after, limit));
            events.addAll(page.events());
            after = page.next();
        } while (!page.atEnd());
        return events;
    }

    private static List<Snapshot> snapshots(EventStoreBackend store, StreamId id) {
        List<Snapshot> found = new ArrayList<>();
        Optional<Snapshot> next = Stages.get(store.getLatestSnapshot(id, SnapshotCriteria.all()));
        while (next.isPresent()) {
            found.add(next.get());
            long below = next.get().sequenceNr() - 1;
            next = below < 0
                    ? Optional.empty()
                    : Stages.get(store.getLatestSnapshot(id, SnapshotCriteria.upTo(below)));
        }
        return found;
    }

    private static List<DurableState> changes(EventStoreBackend store) {
        List<DurableState> changes = Stages.get(store.getStateChanges(state -> true, Position.START, 1000)).changes();
        for (DurableState change : changes) {
            assertThat(Stages.get(store.getState(change.id()))).contains(change);
        }
        return changes;
    }

    /** What is different, in words. */
    String difference(Picture other) {
        StringBuilder text = new StringBuilder();
        compare(text, "versions", versions, other.versions);
        compare(text, "lastPosition", lastPosition.index(), other.lastPosition.index());
        compare(text, "events", places(events), places(other.events));
        compare(text, "tagged", places(tagged), places(other.tagged));
        compare(text, "streams", places(flat(streams)), places(flat(other.streams)));
        compare(text, "snapshots", snapshots, other.snapshots);
        compare(text, "changes", changes, other.changes);
        compare(text, "stateIds", stateIds, other.stateIds);
        return text.isEmpty() && !equals(other) ? "contents of events" : text.toString();
    }

    private static void compare(StringBuilder text, String what, Object mine, Object others) {
        if (!mine.equals(others)) {
            text.append("\n  ").append(what).append(": ").append(mine).append("\n    instead of ").append(others);
        }
    }

    private static List<StoredEvent> flat(Map<StreamId, List<StoredEvent>> streams) {
        return streams.values().stream().flatMap(List::stream).toList();
    }

    private static List<String> places(List<StoredEvent> events) {
        return events.stream()
                .map(event -> event.position().index() + "=" + event.stream() + "#" + event.sequenceNr())
                .toList();
    }
}
