package dev.allframe.journal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.journal.conformance.JournalClient.Recovery;
import dev.allframe.journal.conformance.JournalClient.Replayed;
import dev.allframe.journal.conformance.JournalClient.Written;
import dev.allframe.store.VersionConflictException;
import java.io.NotSerializableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a journal plugin must do. Each test finds five events, the last two written together. */
public abstract class JournalConformance extends PluginConformance {

    private static final Object NOT_SERIALIZABLE = new Object() {
        @Override
        public String toString() {
            return "not serializable";
        }
    };

    private final JournalClient client;
    private String id = "";

    /**
     * A suite for one plugin.
     *
     * @param config the configuration of the actor system, over the reference configurations on the class path
     * @param journalPluginId which journal is tested
     */
    protected JournalConformance(Config config, String journalPluginId) {
        super(ConfigFactory.parseMap(Map.of("pekko.persistence.journal.plugin", journalPluginId)).withFallback(config));
        client = new JournalClient(system, Persistence.get(system).journalFor(journalPluginId, ConfigFactory.empty()));
    }

    @BeforeEach
    void writeFiveEvents() {
        id = freshId("journal");
        Written written = client.write(List.of(one(1, "a-1"), one(2, "a-2"), one(3, "a-3"),
                JournalClient.together(client.event(id, 4, "a-4"), client.event(id, 5, "a-5"))));
        assertThat(written).isEqualTo(stored(5));
    }

    @Test
    void replays_all_events() {
        Recovery recovery = client.replay(id, 1, Long.MAX_VALUE, Long.MAX_VALUE);

        assertThat(recovery.events()).containsExactly(replayed(1), replayed(2), replayed(3), replayed(4), replayed(5));
        assertThat(recovery.highestSequenceNr()).isEqualTo(5);
    }

    @Test
    void replays_from_a_lower_bound() {
        assertReplay(3, Long.MAX_VALUE, Long.MAX_VALUE, 3, 4, 5);
    }

    @Test
    void replays_to_an_upper_bound() {
        assertReplay(1, 3, Long.MAX_VALUE, 1, 2, 3);
    }

    @Test
    void replays_no_more_than_the_limit() {
        assertReplay(1, Long.MAX_VALUE, 3, 1, 2, 3);
    }

    @Test
    void replays_between_two_bounds() {
        assertReplay(2, 3, Long.MAX_VALUE, 2, 3);
    }

    @Test
    void replays_no_more_than_the_limit_between_two_bounds() {
        assertReplay(2, 5, 2, 2, 3);
    }

    @Test
    void replays_one_event_between_equal_bounds() {
        assertReplay(2, 2, Long.MAX_VALUE, 2);
    }

    @Test
    void replays_one_event_for_a_limit_of_one() {
        assertReplay(2, 4, 1, 2);
    }

    @Test
    void replays_nothing_for_a_limit_of_zero() {
        assertReplay(2, 4, 0);
    }

    @Test
    void replays_nothing_where_the_lower_bound_is_above_the_upper() {
        assertReplay(3, 2, Long.MAX_VALUE);
    }

    @Test
    void replays_nothing_of_an_actor_that_never_wrote() {
        assertThat(client.replayAll(freshId("journal"))).isEqualTo(new Recovery(List.of(), 0, List.of()));
    }

    @Test
    void replays_no_deleted_events() {
        client.delete(id, 3);

        assertReplay(1, Long.MAX_VALUE, Long.MAX_VALUE, 4, 5);
    }

    @Test
    void keeps_the_highest_sequence_number_when_events_are_deleted() {
        assertReplay(0, Long.MAX_VALUE, Long.MAX_VALUE, 1, 2, 3, 4, 5);

        client.delete(id, 3);

        assertReplay(0, Long.MAX_VALUE, Long.MAX_VALUE, 4, 5);
    }

    @Test
    void keeps_the_highest_sequence_number_when_all_events_are_deleted() {
        client.delete(id, Long.MAX_VALUE);

        assertReplay(0, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    @Test
    void goes_on_where_it_was_when_all_events_are_deleted() {
        client.delete(id, Long.MAX_VALUE);

        assertThat(client.write(id, 6, "a-6")).isEqualTo(stored(1));

        Recovery recovery = client.replayAll(id);
        assertThat(recovery.events()).containsExactly(replayed(6));
        assertThat(recovery.highestSequenceNr()).isEqualTo(6);
    }

    @Test
    void replays_all_that_is_left_from_the_last_deleted_event() {
        client.delete(id, 3);

        assertReplay(3, Long.MAX_VALUE, Long.MAX_VALUE, 4, 5);
    }

    @Test
    void replays_nothing_up_to_a_bound_inside_the_deleted_events() {
        client.delete(id, 3);

        assertReplay(1, 2, Long.MAX_VALUE);
    }

    @Test
    void replays_nothing_up_to_the_last_deleted_event() {
        client.delete(id, 3);

        assertReplay(1, 3, Long.MAX_VALUE);
    }

    @Test
    void replays_from_the_first_event_that_is_left() {
        client.delete(id, 3);

        assertReplay(4, Long.MAX_VALUE, Long.MAX_VALUE, 4, 5);
    }

    @Test
    void replays_what_is_left_in_a_range_that_begins_with_deleted_events() {
        client.delete(id, 3);

        assertReplay(1, 4, Long.MAX_VALUE, 4);
        assertReplay(1, 5, 1, 4);
    }

    @Test
    void deletes_twice_and_beyond_the_end_without_complaint() {
        client.delete(id, 3);
        client.delete(id, 2);
        client.delete(id, 50);
        client.delete(freshId("journal"), 1);

        assertReplay(0, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    @Test
    void rejects_events_that_cannot_be_serialized_and_stores_their_neighbours() {
        Written written = client.write(id, 6, "a-6", NOT_SERIALIZABLE, "a-8");

        assertThat(written).isInstanceOfSatisfying(Written.Done.class, done -> {
            assertThat(done.rejections().get(0)).isEmpty();
            assertThat(done.rejections().get(1)).containsInstanceOf(NotSerializableException.class);
            assertThat(done.rejections().get(2)).isEmpty();
        });
        Recovery recovery = client.replay(id, 6, Long.MAX_VALUE, 2);
        assertThat(recovery.events()).containsExactly(replayed(6), replayed(8));
        assertThat(recovery.highestSequenceNr()).isEqualTo(8);
    }

    @Test
    void goes_on_behind_a_rejected_event() {
        assertThat(client.write(id, 6, NOT_SERIALIZABLE)).isInstanceOf(Written.Done.class);

        assertThat(client.write(id, 7, "a-7")).isEqualTo(stored(1));
        assertThat(client.replay(id, 5, Long.MAX_VALUE, 10).events()).containsExactly(replayed(5), replayed(7));
    }

    @Test
    void stores_nothing_of_a_write_that_has_an_event_which_cannot_be_serialized() {
        Written written = client.write(List.of(JournalClient.together(client.event(id, 6, "a-6"),
                client.event(id, 7, NOT_SERIALIZABLE), client.event(id, 8, "a-8"))));

        assertThat(written).isInstanceOfSatisfying(Written.Done.class,
                done -> assertThat(done.rejections()).hasSize(3).allMatch(Optional::isPresent));
        assertThat(client.replay(id, 6, Long.MAX_VALUE, Long.MAX_VALUE).events()).isEmpty();
    }

    @Test
    void serializes_with_transport_information_and_keeps_the_serializers_manifest() {
        ActorPayload payload = new ActorPayload(new TestKit(system).getRef());

        assertThat(client.write(id, 6, payload)).isEqualTo(stored(1));

        assertThat(client.replay(id, 6, 6, 1).payloads()).containsExactly(payload);
    }

    @Test
    void keeps_metadata() {
        ActorPayload payload = new ActorPayload(new TestKit(system).getRef());

        client.write(List.of(JournalClient.together(client.event(id, 6, payload).withMetadata("metadata"))));

        assertThat(client.replay(id, 6, 6, 1).events())
                .containsExactly(new Replayed(6, payload, id, "", client.writer(), Optional.of("metadata")));
    }

    @Test
    void keeps_the_manifest_of_an_event_adapter() {
        client.write(List.of(JournalClient.together(client.event(id, 6, "a-6").withManifest("adapted"))));

        assertThat(client.replay(id, 6, 6, 1).events())
                .containsExactly(new Replayed(6, "a-6", id, "adapted", client.writer(), Optional.empty()));
    }

    @Test
    void replays_tagged_events_without_their_tags() {
        client.write(id, 6, new Tagged("a-6", Set.of("red", "green")));

        assertThat(client.replay(id, 6, 6, 1).events()).containsExactly(replayed(6));
    }

    @Test
    void gives_events_the_time_of_their_write() {
        Instant before = Instant.now();
        client.write(id, 6, "a-6");

        long timestamp = client.replay(id, 6, 6, 1).timestamps().getFirst();
        assertThat(timestamp).isBetween(before.toEpochMilli(), Instant.now().toEpochMilli());
    }

    @Test
    void fails_a_second_writer_and_stores_nothing_of_it() {
        JournalClient stale = new JournalClient(system, client.journal());

        Written written = stale.write(id, 5, "other-5", "other-6");

        assertThat(written).isInstanceOfSatisfying(Written.Failed.class,
                failed -> assertThat(failed.cause()).isInstanceOf(VersionConflictException.class));
        assertReplay(1, Long.MAX_VALUE, Long.MAX_VALUE, 1, 2, 3, 4, 5);
    }

    @Test
    void fails_a_writer_that_leaves_a_gap() {
        assertThat(client.write(id, 7, "a-7")).isInstanceOfSatisfying(Written.Failed.class,
                failed -> assertThat(failed.cause()).isInstanceOf(VersionConflictException.class));
        assertReplay(1, Long.MAX_VALUE, Long.MAX_VALUE, 1, 2, 3, 4, 5);
    }

    @Test
    void keeps_the_order_of_many_writes_in_one_message() {
        Object[] payloads = IntStream.rangeClosed(6, 205).mapToObj(number -> "a-" + number).toArray();

        assertThat(client.write(id, 6, payloads)).isEqualTo(stored(200));

        assertThat(client.replay(id, 6, Long.MAX_VALUE, Long.MAX_VALUE).payloads()).containsExactly(payloads);
    }

    @Test
    void replays_a_long_stream_in_order() {
        Object[] payloads = IntStream.rangeClosed(6, 3_000).mapToObj(number -> "a-" + number).toArray();
        PersistentRepr[] events = IntStream.rangeClosed(6, 3_000)
                .mapToObj(number -> client.event(id, number, "a-" + number))
                .toArray(PersistentRepr[]::new);

        assertThat(client.write(List.of(JournalClient.together(events)))).isEqualTo(stored(2_995));

        assertThat(client.replay(id, 6, Long.MAX_VALUE, Long.MAX_VALUE).payloads()).containsExactly(payloads);
    }

    @Test
    void keeps_many_writers_apart() throws Exception {
        List<Future<String>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 40; i++) {
                writers.add(threads.submit(() -> {
                    String own = freshId("journal");
                    for (int sequenceNr = 1; sequenceNr <= 25; sequenceNr++) {
                        assertThat(client.write(own, sequenceNr, own + sequenceNr)).isEqualTo(stored(1));
                    }
                    return own;
                }));
            }
            for (Future<String> writer : writers) {
                String own = writer.get();
                assertThat(client.replayAll(own).payloads()).containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 25).<Object>mapToObj(sequenceNr -> own + sequenceNr).toList());
            }
        }
    }

    /**
     * The next write leaves the actor as soon as the first reply to the last one is there, while the many others are
     * still on their way: each handler must get its own event, in order, and what is only deferred comes behind what
     * was persisted before it.
     */
    @Test
    void replies_to_one_message_come_before_those_to_the_next() {
        int events = 30_000;
        TestKit probe = new TestKit(system);
        List<Integer> inOrder = IntStream.rangeClosed(1, events + 3).boxed().toList();
        for (int attempt = 1; attempt <= 5; attempt++) {
            ActorRef writer = system.actorOf(AsyncWriter.props(freshId("journal"), events + 3,
                    probe.getRef()));

            writer.tell(new AsyncWriter.Numbers(1, events, events + 1), ActorRef.noSender());
            writer.tell(new AsyncWriter.Numbers(events + 2, events + 2, events + 3), ActorRef.noSender());

            assertThat(probe.expectMsgClass(LONG, AsyncWriter.Handled.class).numbers().equals(inOrder)).isTrue();
        }
    }

    private AtomicWrite one(long sequenceNr, Object payload) {
        return JournalClient.together(client.event(id, sequenceNr, payload));
    }

    private Replayed replayed(long sequenceNr) {
        return new Replayed(sequenceNr, "a-" + sequenceNr, id, "", client.writer(), Optional.empty());
    }

    private static Written stored(int events) {
        return new Written.Done(IntStream.range(0, events).mapToObj(any -> Optional.<Throwable>empty()).toList());
    }

    /** Replays and checks which of the five events come. */
    private void assertReplay(long from, long to, long max, int... sequenceNrs) {
        Recovery recovery = client.replay(id, from, to, max);
        assertThat(recovery.events())
                .containsExactlyElementsOf(IntStream.of(sequenceNrs).mapToObj(this::replayed).toList());
        assertThat(recovery.highestSequenceNr()).isEqualTo(5);
    }
}
