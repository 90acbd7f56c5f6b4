package dev.allframe.journal.plugin;

import dev.allframe.store.StoredEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.persistence.journal.EventAdapters;
import org.apache.pekko.persistence.query.EventEnvelope;
import scala.Option;
import scala.collection.Iterator;

/** Stored events as the envelopes of Pekko's queries, after the journal's event adapters. */
final class QueryEnvelopes {

    private final EventMapping mapping;
    private final EventAdapters adapters;

    QueryEnvelopes(EventMapping mapping, EventAdapters adapters) {
        this.mapping = mapping;
        this.adapters = adapters;
    }

    /** An event adapter makes any number of events of a stored one; they share offset and sequence number. */
    List<EventEnvelope> envelopes(StoredEvent stored) {
        List<EventEnvelope> envelopes = new ArrayList<>(1);
        for (Object event : events(stored)) {
            envelopes.add(new EventEnvelope(Offsets.offset(stored.position()), stored.stream().value(),
                    stored.sequenceNr(), event, timestamp(stored), metadata(stored)));
        }
        return envelopes;
    }

    /** As {@link #envelopes}, in the typed form. */
    <E> List<org.apache.pekko.persistence.query.typed.EventEnvelope<E>> typed(StoredEvent stored) {
        List<org.apache.pekko.persistence.query.typed.EventEnvelope<E>> envelopes = new ArrayList<>(1);
        for (Object event : events(stored)) {
            @SuppressWarnings("unchecked") // the caller says which events it expects, as everywhere in this interface
            Option<E> expected = Option.apply((E) event);
            envelopes.add(new org.apache.pekko.persistence.query.typed.EventEnvelope<>(
                    Offsets.offset(stored.position()), stored.stream().value(), stored.sequenceNr(), expected,
                    timestamp(stored), metadata(stored), stored.stream().entityType(), stored.stream().slice()));
        }
        return envelopes;
    }

    private List<Object> events(StoredEvent stored) {
        Object payload = mapping.payload(stored.envelope());
        Iterator<Object> adapted = adapters.get(payload.getClass())
                .fromJournal(payload, stored.envelope().adapterManifest())
                .events()
                .iterator();
        List<Object> events = new ArrayList<>(1);
        while (adapted.hasNext()) {
            events.add(adapted.next());
        }
        return events;
    }

    private Option<Object> metadata(StoredEvent stored) {
        return Option.apply(mapping.metadata(stored.envelope()));
    }

    private static long timestamp(StoredEvent stored) {
        return stored.envelope().metadata().timestamp().toEpochMilli();
    }
}
