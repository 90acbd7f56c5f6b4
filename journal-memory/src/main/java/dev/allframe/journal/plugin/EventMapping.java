package dev.allframe.journal.plugin;

import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.StoredEvent;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.Tagged;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What a persistent actor writes, as records of a store, and back.
 *
 * <table>
 * <caption>Where the parts go</caption>
 * <tr><th>persisted</th><th>stored</th></tr>
 * <tr><td>an {@link Envelope}</td><td>its parts as they are; no serializer takes part</td></tr>
 * <tr><td>any other payload</td><td>bytes of its Pekko serializer; the serializer's manifest, or else the class name,
 * is the event type</td></tr> <tr><td>tags of {@link Tagged}</td><td>tags, joined with those of an envelope</td></tr>
 * <tr><td>manifest of the event adapter, metadata</td><td>adapter manifest, adapter metadata</td></tr>
 * <tr><td>timestamp</td><td>that of the envelope, else the time of the write</td></tr>
 * <tr><td>writer</td><td>writer of the append</td></tr>
 * </table>
 *
 * <p>A classic actor whose write was rejected goes on with the next sequence number. The store has no gaps, so a
 * rejected write takes its numbers with records that hold nothing, of the type {@link Envelope#COMMAND_ONLY} without a
 * command. Nobody gets to see them, replays included.
 */
final class EventMapping {

    private static final Payload NOTHING = Payload.json(new byte[]{'{', '}'});

    private final Payloads payloads;

    EventMapping(Payloads payloads) {
        this.payloads = payloads;
    }

    /**
     * The records of a write; throws what serializers throw. Must run inside {@link Payloads#withTransportInformation}.
     */
    List<Envelope> records(AtomicWrite write) {
        Instant now = Instant.now();
        List<PersistentRepr> events = CollectionConverters.asJava(write.payload());
        return events.size() == 1
                ? List.of(envelope(events.getFirst(), now))
                : events.stream().map(event -> envelope(event, now)).toList();
    }

    /** Records that take the sequence numbers of a rejected write. */
    static List<Envelope> nothing(int size) {
        return Collections.nCopies(size, Envelope.of(Envelope.COMMAND_ONLY, 1, NOTHING, Set.of(),
                EventMetadata.at(Instant.now()), null));
    }

    /** The record of one event, as {@link #records} makes it. */
    Envelope envelope(PersistentRepr event, Instant now) {
        Object payload = event.payload();
        Set<String> tags = Set.of();
        if (payload instanceof Tagged tagged) {
            payload = tagged.payload();
            tags = CollectionConverters.asJava(tagged.tags());
        }
        Payload metadata = payloads.serialize(event.metadata());
        if (payload instanceof Envelope envelope) {
            boolean asItIs = tags.isEmpty() && metadata == null && event.manifest().isEmpty();
            return asItIs
                    ? envelope
                    : new Envelope(envelope.eventType(), envelope.eventVersion(), envelope.payload(),
                            union(envelope.tags(), tags), envelope.metadata(), envelope.command(),
                            event.manifest().isEmpty() ? envelope.adapterManifest() : event.manifest(),
                            metadata == null ? envelope.adapterMetadata() : metadata);
        }
        Payload bytes = payloads.serialize(payload);
        String type = bytes.manifest().isEmpty() ? payload.getClass().getName() : bytes.manifest();
        return new Envelope(type, 1, bytes, tags, EventMetadata.at(now), null, event.manifest(), metadata);
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }

    /** Whether the record only takes the sequence number of a rejected write. */
    static boolean isPlaceholder(StoredEvent stored) {
        return !stored.envelope().isEvent() && stored.envelope().command() == null;
    }

    /** The record as its actor wrote it. */
    PersistentRepr persistentRepr(StoredEvent stored) {
        Envelope envelope = stored.envelope();
        PersistentRepr event = PersistentRepr.apply(payload(envelope), stored.sequenceNr(), stored.stream().value(),
                envelope.adapterManifest(), false, ActorRef.noSender(), stored.writer())
                .withTimestamp(envelope.metadata().timestamp().toEpochMilli());
        Object metadata = metadata(envelope);
        return metadata == null ? event : event.withMetadata(metadata);
    }

    /** The payload of a record: the envelope itself where its contents are JSON text. */
    Object payload(Envelope envelope) {
        return envelope.payload().isJson() ? envelope : payloads.deserialize(envelope.payload());
    }

    /** The metadata of the actor that wrote the record. */
    @Nullable Object metadata(Envelope envelope) {
        Payload metadata = envelope.adapterMetadata();
        return metadata == null ? null : payloads.deserialize(metadata);
    }
}
