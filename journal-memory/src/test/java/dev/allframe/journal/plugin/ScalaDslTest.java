package dev.allframe.journal.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.state.DurableStateStoreRegistry;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.scaladsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/** The classes for Scala give what those for Java give. */
class ScalaDslTest {

    private static final ActorSystem SYSTEM = ActorSystem.create("scaladsl", ConfigFactory.load());

    @BeforeAll
    static void writeTwoEvents() {
        Envelope record = Envelope.of("account.opened", 1, Payload.json("{}".getBytes(StandardCharsets.UTF_8)),
                Set.of("red"), EventMetadata.at(Instant.EPOCH), null);
        Storages.get(SYSTEM)
                .backend("inmemory")
                .append(new Append(StreamId.of("account", "1"),
                        ExpectedVersion.noStream(), "test", List.of(record, record)))
                .toCompletableFuture()
                .join();
    }

    @AfterAll
    static void stopSystem() {
        TestKit.shutdownActorSystem(SYSTEM);
    }

    @Test
    void the_read_journal_reads() throws Exception {
        BackendScalaReadJournal journal = PersistenceQuery.get(SYSTEM).readJournalFor("inmemory.query");

        assertThat(sequenceNrs(journal.currentEventsByPersistenceId("account|1", 1, 10))).containsExactly(1L, 2L);
        assertThat(sequenceNrs(journal.eventsByPersistenceId("account|1", 1, 2))).containsExactly(1L, 2L);
        assertThat(sequenceNrs(journal.currentEventsByTag("red", Offset.sequence(1)))).containsExactly(2L);
        assertThat(first(2, journal.eventsByTag("red", Offset.noOffset()))).hasSize(2);
        assertThat(all(journal.currentEventsBySlices("account", 0, 1023, Offset.noOffset()))).hasSize(2);
        assertThat(first(2, journal.eventsBySlices("account", 0, 1023, Offset.noOffset()))).hasSize(2);
        assertThat(all(journal.currentPersistenceIds())).containsExactly("account|1");
        assertThat(all(journal.currentPersistenceIds(Option.apply("account|1"), 10))).isEmpty();
        assertThat(first(1, journal.persistenceIds())).containsExactly("account|1");
        assertThat(get(journal.currentLastSequenceNumberByPersistenceId("account|1"))).isEqualTo(Option.apply(2L));
        assertThat(get(journal.currentLastSequenceNumberByPersistenceId("account|2"))).isEqualTo(Option.empty());
        assertThat(get(journal.timestampOf("account|1", 1))).isEqualTo(Option.apply(Instant.EPOCH));
        assertThat(get(journal.loadEnvelope("account|1", 2)).sequenceNr()).isEqualTo(2);
        assertThat(journal.sliceRanges(4).size()).isEqualTo(4);
        assertThat(journal.sliceForPersistenceId("account|1")).isEqualTo(StreamId.of("account", "1").slice());
    }

    @Test
    @SuppressWarnings("deprecation") // the old form of delete must work as long as Pekko has it
    void the_durable_state_store_reads_and_writes() throws Exception {
        BackendScalaDurableStateStore store = DurableStateStoreRegistry.get(SYSTEM)
                .durableStateStoreFor("inmemory.state");

        get(store.upsertObject("cart|1", 1, "one", "red"));
        get(store.upsertObject("cart|2", 1, "two", "red"));
        get(store.upsertObject("cart|3", 1, "three", "red"));
        get(store.deleteObject("cart|2", 2));
        get(store.deleteObject("cart|3"));

        assertThat(get(store.getObject("cart|1")).value()).isEqualTo(Option.apply("one"));
        assertThat(get(store.getObject("cart|2")).revision()).isEqualTo(2);
        assertThat(all(store.currentChanges("red", Offset.noOffset()))).hasSize(3);
        assertThat(first(3, store.changes("red", Offset.noOffset()))).hasSize(3);
        assertThat(all(store.currentChangesBySlices("cart", 0, 1023, Offset.noOffset()))).hasSize(3);
        assertThat(first(3, store.changesBySlices("cart", 0, 1023, Offset.noOffset()))).hasSize(3);
        assertThat(all(store.currentPersistenceIds(Option.empty(), 10))).containsExactly("cart|1");
        assertThat(store.sliceRanges(2).size()).isEqualTo(2);
        assertThat(store.sliceForPersistenceId("cart|1")).isEqualTo(StreamId.of("cart", "1").slice());
    }

    private static List<Long> sequenceNrs(Source<EventEnvelope, NotUsed> source) throws Exception {
        return all(source).stream().map(EventEnvelope::sequenceNr).toList();
    }

    private static <T> List<T> all(Source<T, NotUsed> source) throws Exception {
        return first(Long.MAX_VALUE, source);
    }

    private static <T> List<T> first(long count, Source<T, NotUsed> source) throws Exception {
        return source.asJava()
                .take(count)
                .runWith(Sink.seq(), SYSTEM)
                .toCompletableFuture()
                .get(20,
                        TimeUnit.SECONDS);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return FutureConverters.asJava(future).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
