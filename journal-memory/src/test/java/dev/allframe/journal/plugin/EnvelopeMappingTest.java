package dev.allframe.journal.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Payload;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.PersistentEnvelope;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotProtocol;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** Envelopes are stored in their parts, without any serializer, and come back as envelopes. */
class EnvelopeMappingTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Instant THEN = Instant.parse("2020-02-03T04:05:06.789Z");
    private static final ActorSystem SYSTEM = ActorSystem.create("mapping", ConfigFactory.load());
    private static final ActorRef JOURNAL = Persistence.get(SYSTEM)
            .journalFor("inmemory.journal",
                    ConfigFactory.empty());

    @AfterAll
    static void stopSystem() {
        TestKit.shutdownActorSystem(SYSTEM);
    }

    @Test
    void an_envelope_is_stored_in_its_parts_and_replayed_as_it_was() {
        Envelope envelope = new Envelope("account.deposited", 2, json("{\"amount\":\"12.00\"}"), Set.of("money"),
                new EventMetadata(THEN, "c-1", "corr", "cause", Map.of("header", "value")),
                new CommandRecord("c-1", "print", new CommandRecord.Accepted(), 1, 1), "", null);

        write("account|1", 1, envelope);

        assertThat(stored("account|1")).extracting(StoredEvent::envelope).containsExactly(envelope);
        assertThat(stored("account|1")).extracting(StoredEvent::writer).containsExactly("writer-1");
        List<PersistentRepr> replayed = replay("account|1");
        assertThat(replayed).extracting(PersistentRepr::payload).containsExactly(envelope);
        assertThat(replayed).extracting(PersistentRepr::timestamp).containsExactly(THEN.toEpochMilli());
        assertThat(replayed).extracting(PersistentRepr::writerUuid).containsExactly("writer-1");
    }

    @Test
    void tags_of_the_envelope_and_of_the_wrapper_are_joined() {
        write("account|2", 1, new Tagged(deposited(Set.of("money")), Set.of("vip", "money")));

        assertThat(stored("account|2").getFirst().envelope().tags()).containsExactlyInAnyOrder("money", "vip");
    }

    @Test
    void a_foreign_payload_keeps_its_serializer_and_its_type() {
        write("account|3", 1, new Tagged("text", Set.of("red")));

        Envelope envelope = stored("account|3").getFirst().envelope();
        assertThat(envelope.eventType()).isEqualTo("java.lang.String");
        assertThat(envelope.eventVersion()).isEqualTo(1);
        assertThat(envelope.payload().isJson()).isFalse();
        assertThat(new String(envelope.payload().bytes(), StandardCharsets.UTF_8)).isEqualTo("text");
        assertThat(envelope.tags()).containsExactly("red");
    }

    @Test
    void a_record_of_a_command_is_replayed_but_hidden_from_queries() throws Exception {
        CommandRecord command = new CommandRecord("c-1", "print", new CommandRecord.Unchanged(), 2, 2);
        Envelope commandOnly = Envelope.of(Envelope.COMMAND_ONLY, 1, json("{}"), Set.of("hidden"),
                EventMetadata.at(THEN), command);
        write("hidden|1", 1, deposited(Set.of("hidden")));
        write("hidden|1", 2, commandOnly);
        write("hidden|1", 3, deposited(Set.of("hidden")));

        assertThat(replay("hidden|1")).extracting(PersistentRepr::sequenceNr).containsExactly(1L, 2L, 3L);
        assertThat(replay("hidden|1").get(1).payload()).isEqualTo(commandOnly);
        BackendReadJournal queries = PersistenceQuery.get(SYSTEM)
                .getReadJournalFor(BackendReadJournal.class,
                        "inmemory.query");
        assertThat(sequenceNrs(queries.currentEventsByPersistenceId("hidden|1", 0, Long.MAX_VALUE)))
                .containsExactly(1L, 3L);
        assertThat(sequenceNrs(queries.currentEventsByTag("hidden", Offset.noOffset()))).containsExactly(1L, 3L);
        assertThat(queries.currentEventsBySlices("hidden", 0, 1023, Offset.noOffset())
                .map(event -> event.sequenceNr())
                .runWith(Sink.seq(), SYSTEM)
                .toCompletableFuture()
                .get())
                .containsExactly(1L, 3L);
    }

    @Test
    void a_snapshot_of_json_text_is_stored_and_handed_back_as_it_is() {
        Payload state = json("{\"balance\":\"1.00\"}");
        ActorRef snapshots = Persistence.get(SYSTEM).snapshotStoreFor("inmemory.snapshot", ConfigFactory.empty());
        TestKit probe = new TestKit(SYSTEM);

        snapshots.tell(new SnapshotProtocol.SaveSnapshot(new SnapshotMetadata("account|4", 7, 0), state),
                probe.getRef());
        probe.expectMsgClass(LONG, SaveSnapshotSuccess.class);

        assertThat(backend().getLatestSnapshot(new StreamId("account|4"), SnapshotCriteria.all())
                .toCompletableFuture()
                .join()
                .orElseThrow()
                .payload()).isEqualTo(state);
        snapshots.tell(new SnapshotProtocol.LoadSnapshot("account|4",
                new SnapshotSelectionCriteria(Long.MAX_VALUE, Long.MAX_VALUE, 0, 0), Long.MAX_VALUE), probe.getRef());
        assertThat(probe.expectMsgClass(LONG, SnapshotProtocol.LoadSnapshotResult.class).snapshot().get().snapshot())
                .isEqualTo(state);
    }

    private static Envelope deposited(Set<String> tags) {
        return Envelope.of("account.deposited", 1, json("{}"), tags, EventMetadata.at(THEN), null);
    }

    private static Payload json(String text) {
        return Payload.json(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Long> sequenceNrs(
            Source<EventEnvelope, NotUsed> source) throws Exception {
        return source.map(EventEnvelope::sequenceNr).runWith(Sink.seq(), SYSTEM).toCompletableFuture().get();
    }

    private static EventStoreBackend backend() {
        return Storages.get(SYSTEM).backend("inmemory");
    }

    private static List<StoredEvent> stored(String id) {
        return backend().getEvents(new StreamId(id), 1, Long.MAX_VALUE, 100).toCompletableFuture().join();
    }

    private static void write(String id, long sequenceNr, Object payload) {
        TestKit probe = new TestKit(SYSTEM);
        PersistentRepr event = PersistentRepr.apply(payload, sequenceNr, id, "", false, ActorRef.noSender(),
                "writer-1");
        List<PersistentEnvelope> writes = List
                .of(new AtomicWrite(CollectionConverters.asScala(List.of(event)).toList()));
        JOURNAL.tell(
                new JournalProtocol.WriteMessages(CollectionConverters.asScala(writes).toList(), probe.getRef(), 1),
                ActorRef.noSender());
        probe.expectMsg(LONG, JournalProtocol.WriteMessagesSuccessful$.MODULE$);
        probe.expectMsgClass(LONG, JournalProtocol.WriteMessageSuccess.class);
    }

    private static List<PersistentRepr> replay(String id) {
        TestKit probe = new TestKit(SYSTEM);
        JOURNAL.tell(new JournalProtocol.ReplayMessages(0, Long.MAX_VALUE, Long.MAX_VALUE, id, probe.getRef()),
                ActorRef.noSender());
        List<PersistentRepr> events = new ArrayList<>();
        Object message = probe.receiveOne(LONG);
        while (message instanceof JournalProtocol.ReplayedMessage replayed) {
            events.add(replayed.persistent());
            message = probe.receiveOne(LONG);
        }
        assertThat(message).isInstanceOf(JournalProtocol.RecoverySuccess.class);
        return events;
    }
}
