package dev.allframe.journal.allsource;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.plugin.Storages;
import dev.allframe.store.EventStoreBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.PersistentEnvelope;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** Replays of entities whose last writes are on their way to the disk, with events in the tail and in segments. */
final class ReplayTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int TURNS = 60;
    private static final int ENTITIES = 12;

    private final ActorSystem system = ActorSystem.create("replay",
            Stores.inNewDirectory().withFallback(ConfigFactory.load()));
    private final EventStoreBackend store = Storages.get(system).backend("allsource");
    private final ActorRef journal = Persistence.get(system).journalFor("allsource.journal", ConfigFactory.empty());
    private final long[] versions = new long[ENTITIES];

    @AfterEach
    void stopSystem() {
        TestKit.shutdownActorSystem(system);
    }

    /** What was sent for one entity: a write, which may be a second writer's, and a replay behind it. */
    private record Sent(int entity, boolean stale, TestKit writer, long from, TestKit replay) {}

    @Test
    void a_replay_gives_every_event_that_was_written_before_it() {
        Random random = new Random(Seeds.next());
        List<Integer> entities = new ArrayList<>(IntStream.range(0, ENTITIES).boxed().toList());
        for (int turn = 0; turn < TURNS; turn++) {
            Collections.shuffle(entities, random);
            List<Sent> sent = new ArrayList<>();
            for (int entity : entities.subList(0, 1 + random.nextInt(ENTITIES))) {
                boolean stale = versions[entity] > 0 && random.nextInt(5) == 0;
                int count = random.nextInt(20) == 0 ? 700 : 1 + random.nextInt(30);
                TestKit writer = write(entity, versions[entity] + (stale ? 0 : 1), count);
                versions[entity] += stale ? 0 : count;
                long from = random.nextBoolean() ? 1 : 1 + random.nextLong(versions[entity]);
                sent.add(new Sent(entity, stale, writer, from, replay(entity, from)));
            }
            if (random.nextInt(8) == 0) {
                store.flush();
            }
            sent.forEach(this::check);
        }
        store.flush().toCompletableFuture().join();
        for (int round = 0; round < 2; round++) {
            for (int entity : entities) {
                recovered(replay(entity, 1), 1, versions[entity]);
            }
        }
    }

    private TestKit write(int entity, long from, int count) {
        List<PersistentEnvelope> writes = new ArrayList<>();
        for (long number = from; number < from + count; number++) {
            PersistentRepr event = PersistentRepr.apply("event " + number, number, "e" + entity, "", false,
                    ActorRef.noSender(), "writer");
            writes.add(new AtomicWrite(CollectionConverters.asScala(List.of(event)).toList()));
        }
        TestKit probe = new TestKit(system);
        journal.tell(
                new JournalProtocol.WriteMessages(CollectionConverters.asScala(writes).toList(), probe.getRef(), 1),
                ActorRef.noSender());
        return probe;
    }

    private TestKit replay(int entity, long from) {
        TestKit probe = new TestKit(system);
        journal.tell(new JournalProtocol.ReplayMessages(from, Long.MAX_VALUE, Long.MAX_VALUE, "e" + entity,
                probe.getRef()), ActorRef.noSender());
        return probe;
    }

    private void check(Sent sent) {
        Object reply = sent.writer.receiveOne(LONG);
        if (sent.stale) {
            assertThat(reply).isInstanceOf(JournalProtocol.WriteMessagesFailed.class);
        } else {
            assertThat(reply).isEqualTo(JournalProtocol.WriteMessagesSuccessful$.MODULE$);
        }
        recovered(sent.replay, sent.from, versions[sent.entity]);
    }

    private static void recovered(TestKit replay, long from, long version) {
        List<Long> numbers = new ArrayList<>();
        Object message = replay.receiveOne(LONG);
        while (message instanceof JournalProtocol.ReplayedMessage replayed) {
            PersistentRepr event = replayed.persistent();
            assertThat(event.payload()).isEqualTo("event " + event.sequenceNr());
            numbers.add(event.sequenceNr());
            message = replay.receiveOne(LONG);
        }
        assertThat(message).isEqualTo(new JournalProtocol.RecoverySuccess(version));
        assertThat(numbers).isEqualTo(LongStream.rangeClosed(from, version).boxed().toList());
    }
}
