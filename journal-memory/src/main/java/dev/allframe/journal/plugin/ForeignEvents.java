package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import dev.allframe.store.Envelope;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.EventAdapter;
import org.apache.pekko.persistence.journal.EventAdapters;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.persistence.query.EventEnvelope;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Events that another journal gives out, as the records that a journal of ours would have stored if they had been
 * written to it: after its event adapters, by the actor system's serializers. Thread-safe if the adapters are.
 */
public final class ForeignEvents {

    private static final String FALLBACK = "pekko.persistence.journal-plugin-fallback";

    private final Payloads payloads;
    private final EventMapping mapping;
    private final EventAdapters adapters;

    /**
     * For a journal of ours, which is not started.
     *
     * @param journalPluginId the section whose event adapters are applied
     */
    public ForeignEvents(ClassicActorSystemProvider provider, String journalPluginId) {
        ExtendedActorSystem system = (ExtendedActorSystem) provider.classicSystem();
        Config all = system.settings().config();
        this.payloads = new Payloads(system);
        this.mapping = new EventMapping(payloads);
        this.adapters = EventAdapters.apply(system,
                all.getConfig(journalPluginId).withFallback(all.getConfig(FALLBACK)));
    }

    /**
     * The record of an event. Its time is that of the envelope where that says one.
     *
     * @param event as a query gives it
     * @param moreTags that the event had, which envelopes of this kind do not say
     * @throws RuntimeException what adapters and serializers throw
     */
    public Envelope record(EventEnvelope event, Set<String> moreTags) {
        Object given = event.event();
        Set<String> tags = new HashSet<>(moreTags);
        if (given instanceof Tagged tagged) {
            given = tagged.payload();
            tags.addAll(CollectionConverters.asJava(tagged.tags()));
        }
        EventAdapter adapter = adapters.get(given.getClass());
        Object payload = adapter.toJournal(given);
        if (payload instanceof Tagged tagged) {
            payload = tagged.payload();
            tags.addAll(CollectionConverters.asJava(tagged.tags()));
        }
        Object stored = tags.isEmpty() ? payload : new Tagged(payload, tags);
        PersistentRepr repr = PersistentRepr.apply(stored, event.sequenceNr(), event.persistenceId(),
                adapter.manifest(given), false, ActorRef.noSender(), "");
        PersistentRepr whole = event.eventMetadata().isEmpty() ? repr : repr.withMetadata(event.eventMetadata().get());
        Instant time = event.timestamp() > 0 ? Instant.ofEpochMilli(event.timestamp()) : Instant.now();
        return payloads.withTransportInformation(() -> mapping.envelope(whole, time));
    }

    /** A record that takes a sequence number which has no event, as after a rejected write. No query shows it. */
    public static Envelope nothing() {
        return EventMapping.nothing(1).getFirst();
    }
}
