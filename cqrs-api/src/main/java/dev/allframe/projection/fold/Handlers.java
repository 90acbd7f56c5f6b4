package dev.allframe.projection.fold;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.StoredEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * Turns records into changes: decodes them, asks the handlers of a view and writes the keys as bytes. What an upcaster
 * makes of one record stays together. Immutable and thread-safe; several pages can be handled at once.
 */
public final class Handlers<K, R> {

    /** How the events of an aggregate are decoded. */
    public interface Codecs {

        /** The codec of an aggregate's events. */
        <E extends Event> EventCodec<E> of(ProjectionType.Source<E, ?, ?> source);
    }

    private final ProjectionType<K, R> type;
    private final Keys<K> keys;
    private final EventFilter filter;
    private final Map<String, BiFunction<StoredEvent, EventInfo, List<Change<K, R>>>> byEntityType = new HashMap<>();

    /** The handlers of a view. */
    public Handlers(ProjectionType<K, R> type, Codecs codecs) {
        this.type = type;
        this.keys = type.keys();
        type.sources().forEach(source -> byEntityType.put(source.aggregate().name(), handler(source, codecs)));
        List<EventFilter> wanted = type.sources()
                .stream()
                .map(source -> EventFilter.entityType(source.aggregate().name()))
                .toList();
        filter = wanted.size() == 1 ? wanted.getFirst() : new EventFilter.Or(wanted);
    }

    private static <E extends Event, K, R> BiFunction<StoredEvent, EventInfo, List<Change<K, R>>> handler(
            ProjectionType.Source<E, K, R> source, Codecs codecs) {
        EventCodec<E> codec = codecs.of(source);
        return (stored, info) -> {
            Envelope record = stored.envelope();
            List<E> events = codec
                    .decode(new EncodedEvent(record.eventType(), record.eventVersion(), record.payload().bytes()));
            List<Change<K, R>> changes = new ArrayList<>(events.size());
            for (E event : events) {
                changes.add(Objects.requireNonNull(source.handler().changes(event, info),
                        () -> "the handler of " + record.eventType() + " returned null: Change.none() is no change"));
            }
            return changes;
        };
    }

    /** The records that the handlers want. */
    public EventFilter filter() {
        return filter;
    }

    /** Handles a page. What users' code throws is kept with its event. */
    public HandledPage<K, R> handle(EventPage page) {
        return new HandledPage<>(handle(page.events()), page.next(), page.atEnd());
    }

    /** Handles records, leaving out those that no handler wants. */
    public List<HandledEvent<K, R>> handle(List<StoredEvent> records) {
        List<HandledEvent<K, R>> handled = new ArrayList<>(records.size());
        for (StoredEvent record : records) {
            BiFunction<StoredEvent, EventInfo, List<Change<K, R>>> handler = byEntityType
                    .get(record.stream().entityType());
            if (handler != null && record.envelope().isEvent()) {
                handled.add(handle(record, handler));
            }
        }
        return handled;
    }

    private HandledEvent<K, R> handle(StoredEvent record,
            BiFunction<StoredEvent, EventInfo, List<Change<K, R>>> handler) {
        EventInfo info = new EventInfo(record.stream(), record.sequenceNr(), record.position(),
                record.envelope().metadata());
        List<HandledEvent.Step<K, R>> steps = new ArrayList<>(2);
        try {
            for (Change<K, R> change : handler.apply(record, info)) {
                add(change, info, steps);
            }
            return new HandledEvent<>(record, steps, null);
        } catch (Throwable thrown) { // by the user's code, whatever it is
            mayBeAnEvents(thrown);
            return new HandledEvent<>(record, List.of(), thrown);
        }
    }

    /** A heap that is exhausted, or a JVM that fails, is no failure of an event: throws such an error. */
    static void mayBeAnEvents(Throwable thrown) {
        if (thrown instanceof VirtualMachineError jvm && !(thrown instanceof StackOverflowError)) {
            throw jvm;
        }
    }

    private void add(Change<K, R> change, EventInfo info, List<HandledEvent.Step<K, R>> steps) {
        switch (change) {
            case Change.Several<K, R>(var changes) -> changes.forEach(part -> add(part, info, steps));
            case Change.Put<K, R>(var key, var row) -> steps.add(step(change, key, info));
            case Change.Update<K, R>(var key, var function) -> steps.add(step(change, key, info));
            case Change.Upsert<K, R>(var key, var first, var function) -> steps.add(step(change, key, info));
            case Change.Remove<K, R>(var key) -> steps.add(step(change, key, info));
            case Change.UpdateBy<K, R, ?> by -> steps.add(stepBy(change, by.index()));
            case Change.RemoveBy<K, R, ?> by -> steps.add(stepBy(change, by.index()));
            case Change.Following<K, R> following -> {
                mayFollow("looks at rows of a range");
                steps.add(new HandledEvent.Step<>(change, new byte[0]));
            }
            case Change.Latest<K, R> latest -> {
                mayFollow("makes changes that follow from a time");
                steps.add(new HandledEvent.Step<>(change, new byte[0]));
            }
        }
    }

    private void mayFollow(String what) {
        if (type.isPerStream()) {
            throw new IllegalStateException(type + " is declared perStream(), and " + what
                    + ", which may be those of other instances");
        }
    }

    private HandledEvent.Step<K, R> stepBy(Change<K, R> change, Index<R, ?> index) {
        if (type.isPerStream()) {
            throw new IllegalStateException(type + " is declared perStream(), and changes rows by index '"
                    + index.name() + "', which may be those of other instances");
        }
        if (!type.indexes().contains(index)) {
            throw new IllegalArgumentException(type + " has no index '" + index.name() + "'");
        }
        return new HandledEvent.Step<>(change, new byte[0]);
    }

    private HandledEvent.Step<K, R> step(Change<K, R> change, K key, EventInfo info) {
        byte[] bytes = keys.encode(key);
        if (type.isPerStream()) {
            byte[] owner = Keys.STRING.encode(info.id());
            if (bytes.length < owner.length || Arrays.mismatch(bytes, 0, owner.length, owner, 0, owner.length) >= 0) {
                throw new IllegalStateException(type + " is declared perStream(), and an event of " + info.stream()
                        + " changes the row of key " + key + ", which does not begin with the id of that instance");
            }
        }
        return new HandledEvent.Step<>(change, bytes);
    }
}
