package dev.allframe.journal.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.ConfigFactory;
import dev.allframe.store.Envelope;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.journal.EventAdapter;
import org.apache.pekko.persistence.journal.EventSeq;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Event adapters change what is stored, and change it back in replays and in queries alike. */
class EventAdapterTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final ActorSystem SYSTEM = ActorSystem.create("adapters", ConfigFactory.parseString("""
            pekko.persistence.journal.plugin = "inmemory.journal"
            pekko.persistence.snapshot-store.plugin = "inmemory.snapshot"
            inmemory.journal {
              event-adapters.words = "dev.allframe.journal.plugin.EventAdapterTest$Splitter"
              event-adapter-bindings { "java.lang.String" = words }
            }
            """).withFallback(ConfigFactory.load()));

    @AfterAll
    static void stopSystem() {
        TestKit.shutdownActorSystem(SYSTEM);
    }

    @Test
    void adapters_are_applied_by_the_journal_and_by_the_queries() throws Exception {
        TestKit probe = new TestKit(SYSTEM);
        ActorRef writer = SYSTEM.actorOf(Props.create(Writer.class, "words|1", probe.getRef()));
        writer.tell("one two", ActorRef.noSender());
        writer.tell("", ActorRef.noSender());
        writer.tell("three", ActorRef.noSender());
        probe.expectMsgEquals(LONG, "one two");
        probe.expectMsgEquals(LONG, "");
        probe.expectMsgEquals(LONG, "three");

        assertThat(Storages.get(SYSTEM)
                .backend("inmemory")
                .getEvents(new StreamId("words|1"), 1, 9, 9)
                .toCompletableFuture()
                .join()).extracting(StoredEvent::envelope)
                .extracting(Envelope::adapterManifest, Envelope::tags)
                .containsOnly(tuple("words", Set.of("adapted")));
        probe.watch(writer);
        SYSTEM.stop(writer);
        probe.expectTerminated(LONG, writer);
        SYSTEM.actorOf(Props.create(Writer.class, "words|1", probe.getRef()));
        probe.expectMsgEquals(LONG, "recovered one");
        probe.expectMsgEquals(LONG, "recovered two");
        probe.expectMsgEquals(LONG, "recovered three");

        BackendReadJournal queries = PersistenceQuery.get(SYSTEM)
                .getReadJournalFor(BackendReadJournal.class,
                        "inmemory.query");
        assertThat(queries.currentEventsByTag("adapted", Offset.noOffset())
                .map(event -> event.sequenceNr() + " " + event.event())
                .runWith(Sink.seq(), SYSTEM)
                .toCompletableFuture()
                .get()).containsExactly("1 one", "1 two", "3 three");
        assertThat(queries.<String>currentEventsBySlices("words", 0, 1023, Offset.noOffset())
                .map(event -> event.event())
                .runWith(Sink.seq(), SYSTEM)
                .toCompletableFuture()
                .get())
                .isEqualTo(List.of("one", "two", "three"));
    }

    @Test
    void an_event_whose_adapter_fails_is_rejected_and_the_next_one_is_stored() {
        TestKit probe = new TestKit(SYSTEM);
        ActorRef writer = SYSTEM.actorOf(Props.create(Writer.class, "words|2", probe.getRef()));

        writer.tell("first", ActorRef.noSender());
        writer.tell("unspeakable", ActorRef.noSender());
        writer.tell("second", ActorRef.noSender());

        probe.expectMsgEquals(LONG, "first");
        probe.expectMsgEquals(LONG, "rejected unspeakable");
        probe.expectMsgEquals(LONG, "second");
        SYSTEM.actorOf(Props.create(Writer.class, "words|2", probe.getRef()));
        probe.expectMsgEquals(LONG, "recovered first");
        probe.expectMsgEquals(LONG, "recovered second");
    }

    /** Stores words with a tag, and reads each word as an event of its own. */
    public static final class Splitter implements EventAdapter {
        @Override
        public String manifest(Object event) {
            return "words";
        }

        @Override
        public Object toJournal(Object event) {
            if (event.equals("unspeakable")) {
                throw new IllegalArgumentException("it has no words");
            }
            return new Tagged(event, Set.of("adapted"));
        }

        @Override
        public EventSeq fromJournal(Object event, String manifest) {
            assertThat(manifest).isEqualTo("words");
            return event.equals("") ? EventSeq.empty() : EventSeq.create((Object[]) event.toString().split(" "));
        }
    }

    /** Persists texts and tells what it has persisted and what it has recovered. */
    static final class Writer extends AbstractPersistentActor {
        private final String id;
        private final ActorRef observer;

        Writer(String id, ActorRef observer) {
            this.id = id;
            this.observer = observer;
        }

        @Override
        public String persistenceId() {
            return id;
        }

        @Override
        public void onPersistRejected(Throwable cause, Object event, long sequenceNr) {
            observer.tell("rejected " + event, getSelf());
        }

        @Override
        public Receive createReceiveRecover() {
            return receiveBuilder().match(String.class, text -> observer.tell("recovered " + text, getSelf())).build();
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .match(String.class, text -> persist(text, stored -> observer.tell(stored, getSelf())))
                    .build();
        }
    }
}
