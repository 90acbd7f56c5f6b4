package dev.allframe.journal.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.VersionConflictException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.PersistentEnvelope;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/**
 * An entity that starts again sees what it has written before, whatever of it is under way; and a replay of any other
 * entity does not wait for the writer.
 */
class ReplayBehindWritesTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String WRITER = "incarnation-1";

    private ActorSystem system = start("");
    private HeldBackend storage = HeldBackend.of(system);
    private ActorRef journal = journal();

    private static ActorSystem start(String more) {
        return ActorSystem.create("held", ConfigFactory.parseString("inmemory.provider = \""
                + HeldBackend.Provider.class.getName() + "\"\npekko.loglevel = OFF\n" + more)
                .withFallback(ConfigFactory.load()));
    }

    private ActorRef journal() {
        return Persistence.get(system).journalFor("inmemory.journal", ConfigFactory.empty());
    }

    private void restartWith(String config) {
        TestKit.shutdownActorSystem(system);
        system = start(config);
        storage = HeldBackend.of(system);
        journal = journal();
    }

    @AfterEach
    void stopSystem() {
        TestKit.shutdownActorSystem(system);
    }

    /** Sends one message with events from a sequence number on; the replies go to the probe. */
    private TestKit write(String id, long from, long to) {
        List<PersistentEnvelope> writes = new ArrayList<>();
        for (long number = from; number <= to; number++) {
            PersistentRepr event = PersistentRepr.apply(id + number, number, id, "", false, ActorRef.noSender(),
                    WRITER);
            writes.add(new AtomicWrite(CollectionConverters.asScala(List.of(event)).toList()));
        }
        TestKit probe = new TestKit(system);
        journal.tell(
                new JournalProtocol.WriteMessages(CollectionConverters.asScala(writes).toList(), probe.getRef(), 1),
                ActorRef.noSender());
        return probe;
    }

    private void stored(TestKit writer) {
        writer.expectMsg(LONG, JournalProtocol.WriteMessagesSuccessful$.MODULE$);
    }

    private Throwable failed(TestKit writer) {
        return writer.expectMsgClass(LONG, JournalProtocol.WriteMessagesFailed.class).cause();
    }

    private TestKit replay(String id) {
        TestKit probe = new TestKit(system);
        journal.tell(new JournalProtocol.ReplayMessages(1, Long.MAX_VALUE, Long.MAX_VALUE, id, probe.getRef()),
                ActorRef.noSender());
        return probe;
    }

    private TestKit delete(String id, long to) {
        TestKit probe = new TestKit(system);
        journal.tell(new JournalProtocol.DeleteMessagesTo(id, to, probe.getRef()), ActorRef.noSender());
        return probe;
    }

    /** A replay gives these events, and says which the highest one ever was. */
    private void recovered(TestKit replay, long highest, long... numbers) {
        List<Long> events = new ArrayList<>();
        Object message = replay.receiveOne(LONG);
        while (message instanceof JournalProtocol.ReplayedMessage replayed) {
            events.add(replayed.persistent().sequenceNr());
            message = replay.receiveOne(LONG);
        }
        assertThat(message).isEqualTo(new JournalProtocol.RecoverySuccess(highest));
        assertThat(events).containsExactlyElementsOf(LongStream.of(numbers).boxed().toList());
    }

    private void awaitCalls(String... calls) {
        await().atMost(LONG).untilAsserted(() -> assertThat(storage.calls()).containsExactly(calls));
    }

    @Test
    void a_replay_sees_a_write_that_was_in_flight_when_it_began() {
        storage.hold();
        TestKit writer = write("a", 1, 2);
        TestKit replay = replay("a");
        awaitCalls("appendEach", "highestSequenceNr");

        storage.release();

        stored(writer);
        recovered(replay, 2, 1, 2);
    }

    @Test
    void a_replay_sees_a_write_that_waited_behind_another_one() {
        storage.hold();
        write("a", 1, 1);
        awaitCalls("appendEach");
        TestKit gathered = write("b", 1, 3);
        TestKit replay = replay("b");
        awaitCalls("appendEach", "appendEach", "highestSequenceNr");

        storage.release();

        stored(gathered);
        recovered(replay, 3, 1, 2, 3);
    }

    @Test
    void a_replay_sees_all_of_several_writes_in_flight_and_gathered() {
        storage.hold();
        write("a", 1, 1);
        write("a", 2, 2);
        write("b", 1, 1);
        write("a", 3, 4);
        TestKit replay = replay("a");
        awaitCalls("appendEach", "appendEach", "highestSequenceNr");

        storage.release();

        recovered(replay, 4, 1, 2, 3, 4);
    }

    @Test
    void a_replay_of_another_stream_waits_for_no_write() {
        stored(write("c", 1, 2));
        storage.hold();
        TestKit inFlight = write("a", 1, 1);
        TestKit gathered = write("b", 1, 1);

        recovered(replay("c"), 2, 1, 2);
        recovered(replay("unknown"), 0);

        assertThat(storage.calls()).as("not even the gathered one is handed over")
                .containsExactly("appendEach", "getStreamPage", "getStreamPage");
        storage.release();
        stored(inFlight);
        stored(gathered);
    }

    @Test
    void a_write_that_is_answered_holds_up_no_replay() {
        stored(write("a", 1, 2));
        storage.hold();

        recovered(replay("a"), 2, 1, 2);

        assertThat(storage.calls()).containsExactly("getStreamPage");
    }

    @Test
    void a_replay_waits_for_a_write_that_is_refused_and_sees_nothing_of_it() {
        stored(write("a", 1, 1));
        storage.hold();
        TestKit second = write("a", 1, 3);
        TestKit replay = replay("a");
        awaitCalls("appendEach", "highestSequenceNr");

        storage.release();

        assertThat(failed(second)).isInstanceOf(VersionConflictException.class);
        recovered(replay, 1, 1);
        storage.hold();
        recovered(replay("a"), 1, 1);
        assertThat(storage.calls()).containsExactly("getStreamPage");
    }

    @Test
    void a_replay_waits_for_a_write_whose_outcome_nobody_will_know_and_gives_what_the_storage_has() {
        stored(write("a", 1, 1));
        storage.failWith(new StoreFailedException("the disk failed", new IllegalStateException()));
        storage.hold();
        TestKit second = write("a", 2, 2);
        TestKit replay = replay("a");
        awaitCalls("appendEach", "highestSequenceNr");

        storage.release();

        assertThat(failed(second)).isInstanceOf(StoreFailedException.class);
        recovered(replay, 1, 1);
        recovered(replay("a"), 1, 1);
    }

    @Test
    void a_replay_sees_a_delete_that_was_under_way() {
        stored(write("a", 1, 4));
        storage.hold();
        TestKit first = delete("a", 1);
        TestKit second = delete("a", 3);
        TestKit replay = replay("a");
        recovered(replay("b"), 0);
        awaitCalls("deleteEventsTo", "deleteEventsTo", "highestSequenceNr", "getStreamPage");

        storage.release();

        first.expectMsg(LONG, new DeleteMessagesSuccess(1));
        second.expectMsg(LONG, new DeleteMessagesSuccess(3));
        recovered(replay, 4, 4);
        storage.hold();
        recovered(replay("a"), 4, 4);
        assertThat(storage.calls()).containsExactly("getStreamPage");
    }

    @Test
    void behind_a_restart_of_the_journal_a_replay_sees_the_writes_of_before() {
        storage.hold();
        TestKit writer = write("a", 1, 2);
        journal.tell(new WriteGroups.Answered("not a group", List.of()), ActorRef.noSender()); // which throws
        TestKit replay = replay("a");
        awaitCalls("appendEach", "highestSequenceNr");

        storage.release();

        stored(writer);
        recovered(replay, 2, 1, 2);
    }

    @Test
    void where_writes_take_pekkos_way_a_replay_sees_them_too() {
        restartWith("inmemory.journal.write-response-global-order = on");
        storage.hold();
        TestKit writer = write("a", 1, 2);
        TestKit replay = replay("a");
        awaitCalls("append", "highestSequenceNr");

        storage.release();

        stored(writer);
        recovered(replay, 2, 1, 2);
    }

    @Test
    void a_replay_that_cannot_read_fails() {
        stored(write("a", 1, 1));
        storage.memory().close();

        replay("a").expectMsgClass(LONG, JournalProtocol.ReplayMessagesFailure.class);
    }
}
