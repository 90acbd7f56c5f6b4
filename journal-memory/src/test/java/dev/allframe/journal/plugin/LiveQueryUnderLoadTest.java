package dev.allframe.journal.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.Sequence;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Live queries that begin in the middle of many writes: no gap and no duplicate where history ends and the present
 * begins.
 */
class LiveQueryUnderLoadTest {

    private static final int WRITERS = 6;
    private static final int EVENTS = 5_000;
    private static final ActorSystem SYSTEM = ActorSystem.create("load",
            ConfigFactory.parseString("inmemory.query.page-size = 7").withFallback(ConfigFactory.load()));

    private final EventStoreBackend backend = Storages.get(SYSTEM).backend("inmemory");
    private final BackendReadJournal queries = PersistenceQuery.get(SYSTEM)
            .getReadJournalFor(BackendReadJournal.class, "inmemory.query");

    @AfterAll
    static void stopSystem() {
        TestKit.shutdownActorSystem(SYSTEM);
    }

    @Test
    void live_queries_deliver_every_event_once_and_in_order() throws Exception {
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            StreamId stream = StreamId.of("load", "w" + writer);
            writers.add(Thread.ofVirtual().unstarted(() -> write(stream)));
        }

        CompletionStage<List<EventEnvelope>> early = byTag();
        writers.subList(0, 3).forEach(Thread::start);
        while (backend.stats().events() < EVENTS) {
            Thread.onSpinWait();
        }
        CompletionStage<List<EventEnvelope>> late = byTag();
        CompletionStage<List<EventEnvelope>> ofOne = queries.eventsByPersistenceId("load|w5", 1, EVENTS)
                .runWith(Sink.seq(), SYSTEM);
        CompletionStage<List<String>> ids = queries.persistenceIds().take(WRITERS).runWith(Sink.seq(), SYSTEM);
        writers.subList(3, WRITERS).forEach(Thread::start);

        assertComplete(get(early));
        assertComplete(get(late));
        assertThat(get(ofOne)).extracting(EventEnvelope::sequenceNr)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, EVENTS).boxed().toList());
        assertThat(new TreeSet<>(get(ids))).hasSize(WRITERS);
    }

    private CompletionStage<List<EventEnvelope>> byTag() {
        return queries.eventsByTag("load", Offset.noOffset()).take(WRITERS * (long) EVENTS).runWith(Sink.seq(), SYSTEM);
    }

    private static void assertComplete(List<EventEnvelope> found) {
        assertThat(found).extracting(event -> ((Sequence) event.offset()).value())
                .containsExactlyElementsOf(LongStream.rangeClosed(1, WRITERS * (long) EVENTS).boxed().toList());
    }

    private void write(StreamId stream) {
        for (int sequenceNr = 1; sequenceNr <= EVENTS; sequenceNr++) {
            Envelope record = Envelope.of("load.written", 1, Payload.json("{}".getBytes(StandardCharsets.UTF_8)),
                    Set.of("load"), EventMetadata.at(Instant.EPOCH), null);
            CompletableFuture<?> appended = backend
                    .append(new Append(stream, ExpectedVersion.exactly(sequenceNr - 1), "load", List.of(record)))
                    .toCompletableFuture();
            appended.join();
        }
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
