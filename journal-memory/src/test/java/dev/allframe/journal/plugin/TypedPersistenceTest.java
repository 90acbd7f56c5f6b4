package dev.allframe.journal.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** An event-sourced behavior on the plugins: what it stores, and what it finds again. */
class TypedPersistenceTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.parseString("""
            pekko.persistence.journal.plugin = "inmemory.journal"
            pekko.persistence.snapshot-store.plugin = "inmemory.snapshot"
            """).withFallback(ConfigFactory.load()));

    @AfterAll
    static void stopSystem() {
        KIT.shutdownTestKit();
    }

    @Test
    void events_and_tags_are_stored_and_replayed() {
        ActorRef<Words.Command> words = start("a", RetentionCriteria.disabled());

        add(words, "one", "#two");
        add(words, "three");
        stop(words);

        assertThat(get(start("a", RetentionCriteria.disabled()))).isEqualTo("one#twothree");
        assertThat(backend().getEvents(stream("a"), 1, 10, 10).toCompletableFuture().join())
                .extracting(StoredEvent::sequenceNr, event -> event.envelope().tags())
                .containsExactly(tuple(1L, Set.of()),
                        tuple(2L, Set.of("special")),
                        tuple(3L, Set.of()));
    }

    @Test
    void old_events_and_snapshots_are_deleted_and_the_state_is_found_again() {
        RetentionCriteria retention = RetentionCriteria.snapshotEvery(3, 1).withDeleteEventsOnSnapshot();
        ActorRef<Words.Command> words = start("b", retention);

        for (int i = 0; i < 10; i++) {
            add(words, Integer.toString(i));
        }

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(backend().getEvents(stream("b"), 1, 100, 100)
                        .toCompletableFuture()
                        .join()
                        .getFirst()
                        .sequenceNr()).isEqualTo(7));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(backend()
                        .getLatestSnapshot(stream("b"), SnapshotCriteria.upTo(5))
                        .toCompletableFuture()
                        .join()).isEmpty());
        stop(words);
        ActorRef<Words.Command> again = start("b", retention);
        add(again, "x");
        assertThat(get(again)).isEqualTo("0123456789x");
    }

    private static ActorRef<Words.Command> start(String id, RetentionCriteria retention) {
        return KIT.spawn(Words.create("words", id, retention));
    }

    private static void add(ActorRef<Words.Command> words, String... added) {
        AskPattern.<Words.Command, Done>askWithStatus(words, replyTo -> new Words.Add(List.of(added), replyTo),
                LONG, KIT.scheduler()).toCompletableFuture().join();
    }

    private static String get(ActorRef<Words.Command> words) {
        return AskPattern.<Words.Command, String>askWithStatus(words, Words.Get::new, LONG, KIT.scheduler())
                .toCompletableFuture()
                .join();
    }

    private static void stop(ActorRef<Words.Command> words) {
        AskPattern.<Words.Command, Done>askWithStatus(words, Words.Stop::new, LONG, KIT.scheduler())
                .toCompletableFuture()
                .join();
        KIT.createTestProbe().expectTerminated(words, LONG);
    }

    private static EventStoreBackend backend() {
        return Storages.get(KIT.system()).backend("inmemory");
    }

    private static StreamId stream(String id) {
        return StreamId.of("words", id);
    }
}
